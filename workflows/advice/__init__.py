"""What to think of in each phase and situation of a guidance: checklists, model texts, and pages for the person."""
