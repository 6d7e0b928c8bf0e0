/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *b, struct base64 *encoder, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		encoder->bits = encoder->bits << 8 | (unsigned char)bytes.at[i];
		encoder->count += 8;
		while (encoder->count >= 6) {
			encoder->count -= 6;
			buf_put_char(b, digits[encoder->bits >> encoder->count & 63]);
		}
	}
}

void base64_end(struct buf *b, struct base64 *encoder)
{
	if (encoder->count == 0)
		return;
	buf_put_char(b, digits[encoder->bits << (6 - encoder->count) & 63]);
	buf_put_text(b, encoder->count == 4 ? "=" : "==");
	*encoder = (struct base64){0};
}

int base64_value(char digit)
{
	struct span all = {digits, sizeof(digits) - 1};
	size_t value = span_find(all, digit);

	return value < all.len ? (int)value : -1;
}
