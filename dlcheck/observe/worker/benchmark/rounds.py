"""Sample all rows side by side: in rounds, a short block of each at a time.

What disturbs the machine for a second then disturbs all rows alike, and two rows are compared by blocks that ran next
to each other. Rows that stand for a device get more of the time, and those that have settled give theirs to the others.
"""

import math
import time

from .. import importing
from .rows import take
from .sizes import headline_size
from .verification import ENOUGH_REPEATS

BLOCK_SECONDS = 0.05
HEAVY, MEDIUM, LIGHT = 6.0, 3.0, 1.0
PATIENCE = 2.0
"""Times as long are those sampled that people compare, the CPU's in fp32: after 2 s their best is the same in every run
(shared x86 cores, 2026: of windows of 1 s 61 to 78 % were within 2 % of the best of 10 s, of windows of 2 s all)."""
STEADY_SHARE = 0.3
"""Of what is left, for running accelerators without a pause, where there are any."""
PROVING_SHARE, PROVING_SECONDS = 0.1, 2.0
"""Of what is left, and at most, for verifying the sizes that stand for their devices."""
WARM_SHARE, WARM_SECONDS, WARM_CALLS, WARM_DIFFERENCE = 0.1, 0.3, 20, 0.01
"""Of what is left, for warming up all accelerators; how long and how often at least; when it is warm."""
ENOUGH_SAMPLES = 30
FEW_SAMPLES = 4
"""That every row gets, if it can be."""
BEST_IMPROVED = 0.005
INTERVAL = 0.02
"""Half the width of the median's 95 % interval, relatively."""


def chosen(run, rows):
    """The rows that are to be sampled, of those that were tried; of the others it is said why not."""
    quick = run.asked["mode"] == "quick"
    for group in groups([row for row in rows if row.plain]).values():
        run.answer.add("headlines", mark(group, run.asked["mode"]).id)
    wanted = [row for row in rows if not quick or row.headline or row.emulated]
    for row in rows:
        if row not in wanted:
            run.answer.add("unsampled", {"row": row.id, "skipped_reason": "--quick measures one size"})
    return wanted


def measure(run, rows, tried):
    """Everything that is left of the time. tried: all rows, also those that are not sampled."""
    if not rows:
        return
    left = run.clock.left()
    prove(run, rows, tried, min(PROVING_SHARE * left, PROVING_SECONDS))
    accelerators = [row for row in rows if row.headline and row.device.type != "cpu" and not row.device.virtual]
    for row in accelerators:
        warm_up(run, row, WARM_SHARE * left / len(accelerators))
    steady = STEADY_SHARE * left if accelerators else 0.0
    in_turn(run, rows, steady)
    for number, row in enumerate(accelerators):
        without_pause(run, row, run.clock.left() / (len(accelerators) - number))
    for row in tried:
        verified(run, row)


def warm_up(run, row, seconds):
    """Keep an accelerator busy, untimed, until it is no longer getting faster or slower: its clocks take a while.

    At least 20 products and 0.3 s, until two windows of 50 ms in a row differ by less than 1 %; at most 1.5 s (--full:
    3 s) and what is granted.
    """
    most = min(seconds, 3.0 if run.asked["mode"] == "full" else 1.5)
    began = time.perf_counter()
    before = count = 0
    try:
        row.enter(run.library)
        with run.library.settings(row.device, row.dtype):
            while time.perf_counter() - began < most:
                window, calls = time.perf_counter(), 0
                while calls < 1 or time.perf_counter() - window < BLOCK_SECONDS:
                    row.once()
                    calls += 1
                rate = calls / (time.perf_counter() - window)
                count += calls
                is_steady = before and abs(rate / before - 1) < WARM_DIFFERENCE
                if is_steady and count >= WARM_CALLS and time.perf_counter() - began >= WARM_SECONDS:
                    return
                before = rate
    except Exception as error:
        row.lost = importing.words(error)
        run.answer.add("unsampled", {"row": row.id, "lost": row.lost})


def groups(rows):
    """The rows of each device, format and number of threads."""
    found = {}
    for row in rows:
        found.setdefault((row.device.name, row.dtype, row.threads), []).append(row)
    return found


def mark(group, mode):
    """Choose the row that stands for its device and format, and what share of the time each gets."""
    first = group[0]
    if first.device.type == "cpu" or first.device.virtual:
        reached = [row for row in group if row.n <= headline_size(first.device, mode)]
    else:
        reached = [row for row in group if row.estimate <= BLOCK_SECONDS]
    chosen = max(reached or group[:1], key=lambda row: row.n)
    chosen.headline = True
    for row in group:
        if first.device.type == "cpu" and row.dtype == "fp32" and row.n in (256, 512, 1024):
            row.weight, row.patience = HEAVY, PATIENCE
        else:
            row.weight = MEDIUM if row.headline else LIGHT
    return chosen


def in_turn(run, rows, keep):
    """Rounds until the time is up but for `keep` seconds, or every row has settled."""
    enough = 2.5 if run.asked["mode"] == "full" else 1.0
    number = 0
    unit = (run.clock.left() - keep) / sum(row.weight for row in rows)
    for row in rows:
        # A long product needs time for a few samples, or nothing is known of its noise.
        few = FEW_SAMPLES * block_seconds(row)
        row.weight = min(HEAVY, max(row.weight, few / unit if unit > 0 else HEAVY))
        # Rows of one size start together, and so stay in the same rounds.
        row.credit = BLOCK_SECONDS * (1 - row.weight / HEAVY) * ((int(math.log(row.n, 2)) * 7) % 6) / 6
    while run.clock.left() > keep:
        number += 1
        active = [row for row in rows if not row.settled and not row.lost]
        if not active:
            return
        share = min(HEAVY, max(row.weight for row in active))
        for row in active:
            row.credit += BLOCK_SECONDS * row.weight / share
            cost = block_seconds(row)
            if row.credit + 1e-9 < cost or cost > run.clock.left() - keep:
                continue
            spent = take(run, row, number, "rounds", BLOCK_SECONDS)
            row.credit -= max(spent, BLOCK_SECONDS)
            row.used += spent
            row.settled = settled(row.taken, row.block_bests, row.used, row.patience * enough)
            if row.settled:
                run.answer.add("settled", row.id)
        if all(block_seconds(row) > run.clock.left() - keep for row in active):
            return


def block_seconds(row):
    """What one block of a row takes: one product at least, with a margin."""
    return max(BLOCK_SECONDS, row.estimate * 1.2)


def without_pause(run, row, seconds):
    """Block after block of one row on an accelerator: what it can sustain, and how its clocks fall meanwhile."""
    end = run.clock.left() - seconds
    most = 5.0 if run.asked["mode"] == "full" else 2.0
    end = max(end, run.clock.left() - most)
    number = 0
    while run.clock.left() > max(end, 0.0) and not row.lost:
        number += 1
        take(run, row, number, "steady", BLOCK_SECONDS)


def settled(taken, block_bests, used, enough):
    """Is there nothing more to be learnt? All of: time, samples, a best that stays, a narrow interval of the median."""
    count = len(taken)
    if used < enough or count < ENOUGH_SAMPLES or len(block_bests) < 10:
        return False
    half = len(block_bests) // 2
    if min(block_bests[half:]) < min(block_bests[:half]) * (1 - BEST_IMPROVED):
        return False
    ordered = sorted(taken)
    reach = 0.98 * math.sqrt(count)
    low, high = ordered[int(max(0, count / 2 - reach))], ordered[int(min(count - 1, count / 2 + reach))]
    return (high - low) / 2 <= INTERVAL * ordered[count // 2]


def prove(run, rows, tried, seconds):
    """Freivalds' test of the sizes that stand for their devices and of the largest up to 2048; and repeats.

    Half of the time goes to repeats: a fault that comes once in many products is met by many.
    """
    end = run.clock.left() - seconds
    proven, heads = [], []
    for group in groups([row for row in rows if row.plain]).values():
        heads += [row for row in group if row.headline]
        proven.append(max(group, key=lambda row: (row.n <= 2048, row.n)))
    smallest = {}
    for row in tried:
        smallest.setdefault((row.device.name, row.dtype), row)
    for row in smallest.values():
        many(run, row, 0.35 * seconds / len(smallest))
    for row in heads:
        with_check(run, row, lambda row: row.check.repeat(0.15 * seconds / len(heads), lambda: -run.clock.left()))
    for row in [*heads, *sorted(set(proven) - set(heads), key=lambda row: row.n)]:
        if row.headline or run.clock.left() > end:
            with_check(run, row, lambda row: row.check.prove())


def many(run, row, seconds):
    """As many products as there is time for, of the smallest size and by one thread, each compared with the first.

    Several threads would wait for each other on a busy machine, and few products would be made.
    """
    again = run.row(row.device, row.dtype, row.n, min(row.threads, 1))

    def repeat(row):
        again.product = run.library.product(row.device, row.dtype, row.shape)
        again.try_out(run.library, 0.0)
        again.check.repeat(seconds, lambda: -run.clock.left(), ENOUGH_REPEATS)
        row.check.learn(again.check)

    with_check(run, row, repeat)


def with_check(run, row, do):
    """Do something with the check of a row, on its device and with its settings."""
    run.answer.stage("verifying %s on %s" % (row.dtype, row.device.name))
    try:
        row.enter(run.library)
        with run.library.settings(row.device, row.dtype):
            do(row)
        row.tell_fault(run.answer)
    except Exception as error:
        row.check.words = "it could not be verified: " + importing.words(error)


def verified(run, row):
    """Say what is known of the rightness of a row."""
    run.answer.add("verified", row.check.facts())
