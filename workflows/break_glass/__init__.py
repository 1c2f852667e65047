"""Break-glass: a restricted case opened in an emergency by somebody who was not named for it.

It takes the number of the case and a reason, it lasts for a short time, the supervisor and the privacy officer are told
at once, what was read is kept, and it is reviewed afterwards by somebody else.
"""
