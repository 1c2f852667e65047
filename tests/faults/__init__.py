"""What must hold when everything else fails: services killed, messages lost and repeated, mail servers that lie."""
