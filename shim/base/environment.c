/* SPDX-License-Identifier: MIT */
#include "base/environment.h"

#include <unistd.h>

struct span environment_value(struct span name)
{
	for (char **entry = environ; *entry; entry++) {
		struct span value = span_of(*entry);

		if (span_equals(span_cut(&value, '='), name))
			return value;
	}
	return (struct span){0};
}
