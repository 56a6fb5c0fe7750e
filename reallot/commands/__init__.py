"""What people type: one module for each command, and what several of them share.

A module imports nothing but click until its command runs, so that --help is fast. `reallot.cli`
puts the commands in order.
"""
