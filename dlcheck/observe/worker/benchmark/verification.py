"""Was the product right? Freivalds' test against fp64, and equality bit for bit with the first product.

Freivalds' test proves that it is the right product; equality finds any bit that flips now and then, which rounding
hides from the test.
"""

FEW_ENTRIES = 1e-3
"""A kernel that adds in varying order changes many entries a little; a fault changes a few."""
CLASSIFYING_REPEATS = 20
ENOUGH_REPEATS, MOST_REPEATS = 500, 100000
"""Of the smallest size: a fault that comes in every hundredth product is met a few times."""
PROVEN_AT_ONCE = 256
"""Up to this size the test costs next to nothing; larger ones are proven where they stand for a device."""


class Check(object):
    """What is known of the rightness of one row."""

    def __init__(self, row):
        """The first product is there."""
        self._row, self._product = row, row.product
        self.reference = self._product.copy()
        self.inspected = 1
        self.fault = self.words = ""
        self.deterministic = True
        self.residual = None
        if self._product.n <= PROVEN_AT_ONCE:
            self._judge(*self._product.residual())
        else:
            self._judge(self._product.unwritten(), None)

    def _judge(self, fault, residual):
        product = self._product
        if residual is not None:
            self.residual = residual
            if not fault and not residual <= product.format.limit:
                fault = "residual"
        if fault and not self.fault:
            self.fault = fault
            self.words = {
                "not-written": "the output was not written",
                "not-finite": "the product holds NaN or infinity",
                "residual": "the product is off by %.3g rounding errors of %s; %g are allowed"
                % (residual or 0.0, product.dtype, product.format.limit),
            }[fault]

    def prove(self):
        """Freivalds' test of the product that is there now."""
        self._judge(*self._product.residual())

    def inspect(self):
        """Compare the product that is there now with the first one."""
        if self.fault or not self.deterministic:
            return
        self.inspected += 1
        if not self._product.equals(self.reference):
            self._classify()

    def repeat(self, seconds, clock, least=2):
        """Multiply and compare for so long; on a busy machine up to five times as long, for at least so many."""
        until = clock() + seconds
        for count in range(MOST_REPEATS):
            if self.fault or (count >= 2 and clock() >= until and (count >= least or clock() >= until + 4 * seconds)):
                break
            self._row.once()
            self.inspect()

    def learn(self, other):
        """Take over what was found of the same product, made otherwise."""
        self.inspected += other.inspected
        self.deterministic = self.deterministic and other.deterministic
        if other.fault and not self.fault:
            self.fault, self.words = other.fault, other.words

    def _classify(self):
        product = self._product
        fault, residual = product.residual()
        if fault:
            self._judge(fault, residual)
            return
        count, where = product.differing(self.reference)
        entries = product.m * product.n
        if residual <= product.format.limit and count > max(FEW_ENTRIES * entries, 16):
            self.deterministic = False
            self.residual = max(self.residual or 0.0, residual)
            return
        again = 0
        for _ in range(CLASSIFYING_REPEATS):
            self._row.once()
            again += not product.equals(self.reference)
        self.fault = "sporadic"
        text = "%d of %d entries differ between two products of the same matrices (%s); of %d repeats %d differ"
        self.words = text % (count, entries, where, CLASSIFYING_REPEATS, again)

    def facts(self):
        """As the document has it; infinity is written as a text, for JSON knows none."""
        product = self._product
        proven = self.residual is not None
        return {
            "row": self._row.id,
            "ok": not self.fault,
            "method": "freivalds fp64, 2 vectors" if proven else "bitwise repeat",
            "residual_u": self.residual if proven and self.residual < 1e300 else (1e300 if self.fault else 0.0),
            "limit_u": product.format.limit,
            "bitwise_repeat": self.deterministic and self.fault != "sporadic",
            "repeats": self.inspected,
            "fault": self.fault,
            "deterministic": self.deterministic,
            "words": self.words,
        }
