"""Starts a command on a terminal of its own, closes the terminal once a file is there, and prints how the command ended."""

import os
import pty
import sys
import time

flag, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
deadline = time.time() + 60
while not os.path.exists(flag) and time.time() < deadline:
    time.sleep(0.02)
os.close(terminal)
_, status = os.waitpid(child, 0)
print(f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}")
