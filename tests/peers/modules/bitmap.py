# SPDX-License-Identifier: MIT
"""What tini's tests need of the module "bitmap", which Debian does not have."""


class BitMap:
    def __init__(self, digits):
        self.digits = digits

    @classmethod
    def fromstring(cls, digits):
        return cls(digits)

    def nonzero(self):
        """Which bits are set; the last digit is bit 0."""
        return [number for number, digit in enumerate(reversed(self.digits)) if digit == "1"]
