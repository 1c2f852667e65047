"""The large set: ten years of cases, computed step by step as the engine would have made them and loaded in bulk.

A million processes through the engine would take an hour. Here every course is computed in memory with the engine's
own decisions (`route()`), terms (`end_of_term()`, `ladder()`) and declarations, remembered where the same question
comes again, and written as the lines of its log. What comes out is held to the engine's rules by the same checks as
the small set (`tests/project/test_demo_data.py`).
"""

from project.demo.large.making import CASES, make

__all__ = ["CASES", "make"]
