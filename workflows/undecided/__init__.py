"""Mails about which a person must decide, and the alarms of the watch."""
