"""Recognition as it stands under B8/3: led by the investigation, on the side of justice. The baseline."""
