# SPDX-License-Identifier: MIT
# An application without a shell, a libc or anything else beside it.
FROM scratch
COPY shim app /
USER 65532:65532
ENTRYPOINT ["/shim"]
