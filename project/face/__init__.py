"""The face of Loods: base page, components, forms, time-out, quick exit. How to build with it: docs/face.md."""
