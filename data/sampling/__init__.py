"""Samples of the topics under contract, checked against their registered schemas. Classes are kept, payloads never."""
