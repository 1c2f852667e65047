"""The same step done by others: tables and a few lines each for viewflow.workflow, SpiffWorkflow and django-fsm-2."""
