"""The project: settings, addresses, jobs and the services it starts."""
