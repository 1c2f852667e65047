"""Django's admin site as Loods has it; the models register in their rooms."""
