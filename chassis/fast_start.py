"""`python -m chassis.fast_start services.intake.main`: that module's process, up a quarter sooner.

While modules load, the garbage collector finds nothing and looks through everything again and again. `serve` sets it going.
"""

import gc
import runpy
import sys

if __name__ == "__main__":
    gc.disable()
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
