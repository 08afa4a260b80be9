"""The bare server that the lifecycle is measured against: the same four calls, rows and messages, and nothing else.

It writes what the four calls and the opening of the case write, into the same tables with the same indexes, one transaction a
command with its statements pipelined, and carries the same messages through the same topics. It leaves out what a careful service
owes: who asks, whether it may be, working time, sealing, events that come twice or not at all, and everything that intake, notify
and reporting do when they hear of the case. So it flatters nobody: it does less.
"""
