"""The pages of the determination: register, file, panel, decisions and letters. They lie beside the determination,
which knows no pages and nothing of what pages lean on.
"""
