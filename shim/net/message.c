/* SPDX-License-Identifier: MIT */
#include "net/message.h"

struct span message_bytes(struct message *m, size_t len)
{
	struct span bytes = span_head(m->rest, len);

	m->rest = span_tail(m->rest, len);
	if (bytes.len == len)
		return bytes;
	m->damaged = true;
	return (struct span){NULL, 0};
}

unsigned message_number(struct message *m, unsigned width)
{
	struct span bytes = message_bytes(m, width);
	unsigned number = 0;

	for (; bytes.len > 0; bytes.len--)
		number = number << 8 | (unsigned char)*bytes.at++;
	return number;
}

struct span message_vector(struct message *m, unsigned width)
{
	return message_bytes(m, message_number(m, width));
}

bool message_is_done(const struct message *m)
{
	return !m->damaged && m->rest.len == 0;
}

void buf_put_vector(struct buf *b, struct span content, unsigned width)
{
	buf_put_bytes(b, (unsigned)content.len, width);
	buf_put(b, content);
}

void buf_close_vector(struct buf *b, size_t start, unsigned width)
{
	struct buf before = buf_init(b->at + start - width, width);

	buf_put_bytes(&before, (unsigned)(b->len - start), width);
}
