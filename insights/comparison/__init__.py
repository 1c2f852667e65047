"""The comparison of the designs of the procedure: what each took, gave and came to, with how sure that is."""
