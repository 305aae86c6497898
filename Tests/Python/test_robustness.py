"""Threads, forks and Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time

import lacuna
import numpy as np
import pytest
from brute_force import samples


def test_eight_threads_equal_to_the_bit():
    X = samples(200, 20)
    wanted = lacuna.MaskedRegression(device="host", n_jobs=1).fit(X).coef_
    found = [None] * 8

    def work(index):
        found[index] = lacuna.MaskedRegression(device="host", n_jobs=1).fit(X).coef_

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((coefficients == wanted).all() for coefficients in found)


def test_a_fork_after_use_works():
    X = samples(400, 60)
    wanted = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X).coef_
    child = os.fork()
    if child == 0:
        close = np.abs(lacuna.MaskedRegression(ridge=0.1).fit(X).coef_ - wanted).max() < 1e-10
        os._exit(0 if close else 1)
    for _ in range(600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pytest.fail("the child hangs")
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize(
    "work, kept",
    [
        ("lacuna.simulate(study, device='host', n_jobs=1, progress=began)", "results.interrupted and len(results.trials) > 0"),
        ("fit(3000, 600, ridge=list(np.geomspace(1e-4, 10, 5000)))", "False"),
        # One ridge: the blocks of rows are what it ends between; and digits past those of float64.
        ("fit(300000, 80, ridge=0.1)", "False"),
        ("fit(4000, 60, ridge=1e-18, far=1e11)", "False"),
    ],
    ids=["simulate", "ridges", "blocks", "digits"],
)
def test_control_c_ends_it_at_once(work, kept):
    program = f"""
    import os, signal, threading, time
    import numpy as np
    import lacuna
    study = {{"experiment": {{"trials": 100000}}, "data": {{"model": "isotropic", "coordinates": 40, "samples": 80}},
              "model": {{"ridge": 0.1}}}}
    sent = []
    stalls = []
    def strike():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    def watch():
        # What the machine takes for other work is not the library's.
        while True:
            start = time.monotonic()
            time.sleep(0.005)
            if sent: stalls.append(time.monotonic() - start - 0.005)
    threading.Thread(target=watch, daemon=True).start()
    def began(done, total):
        if done == 3: threading.Timer(0.2, strike).start()
    def fit(n, d, ridge, far=1.0):
        X = np.random.default_rng(0).standard_normal((n, d))
        X[0] *= far
        # What is imported is imported.
        lacuna.MaskedRegression(device="host", n_jobs=1, ridge=0.5).fit(X[:50, :9])
        threading.Timer(0.15, strike).start()
        while True:
            lacuna.MaskedRegression(device="host", n_jobs=1, ridge=ridge).fit(X)
    try:
        results = {work}
        held = {kept}
    except KeyboardInterrupt:
        held = {work!r}.startswith("fit")
    seen = time.monotonic() - sent[0]
    # The work itself ends too, and leaves the processor to others.
    for thread in threading.enumerate():
        if thread.name == "lacuna": thread.join()
    print("ended", seen, time.monotonic() - sent[0], sum(stalls), held)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=120, check=False
    )
    match = re.search(r"ended (\S+) (\S+) (\S+) True", done.stdout)
    assert match, done.stdout + done.stderr
    seen, ended, stalled = (float(match[index]) for index in (1, 2, 3))
    # Passes over all rows and factorisations are not cut.
    assert seen < 0.2 + 2 * stalled and ended < 1 + 4 * stalled, (seen, ended, stalled)
