#include "engine/noun.h"
#include <string.h>

const struct command *
service_command(const struct service *s, const char *type)
{
	const struct command *c;

	EACH_ROW(s, commands, c)
		if (!strcmp(c->message->name, type))
			return c;
	return NULL;
}

const struct event_handler *
service_event(const struct service *s, const char *type)
{
	const struct event_handler *h;

	EACH_ROW(s, events, h)
		if (!strcmp(h->message->name, type))
			return h;
	return NULL;
}

const struct event_handler *
service_after_commit(const struct service *s, const char *type)
{
	const struct event_handler *h;

	EACH_ROW(s, after_commit, h)
		if (!strcmp(h->message->name, type))
			return h;
	return NULL;
}

const struct timer *
service_timer(const struct service *s, const char *kind)
{
	const struct timer *t;

	EACH_ROW(s, timers, t)
		if (!strcmp(t->kind, kind))
			return t;
	return NULL;
}

const struct job *
service_job(const struct service *s, const char *kind)
{
	const struct job *j;

	EACH_ROW(s, jobs, j)
		if (!strcmp(j->kind, kind))
			return j;
	return NULL;
}

const struct query *
service_query(const struct service *s, const char *type)
{
	const struct query *q;

	EACH_ROW(s, queries, q)
		if (!strcmp(q->message->name, type))
			return q;
	return NULL;
}

const char *
service_named_twice(const struct service *s)
{
	const struct table *const *t, *const *u;
	const struct command *c;
	const struct event_handler *h;
	const struct timer *timer;
	const struct job *j;
	const struct query *q;

	EACH_ROW(s, commands, c)
		if (service_command(s, c->message->name) != c)
			return c->message->name;
	EACH_ROW(s, events, h)
		if (service_event(s, h->message->name) != h)
			return h->message->name;
	EACH_ROW(s, after_commit, h)
		if (service_after_commit(s, h->message->name) != h)
			return h->message->name;
	EACH_ROW(s, timers, timer)
		if (service_timer(s, timer->kind) != timer)
			return timer->kind;
	EACH_ROW(s, jobs, j)
		if (service_job(s, j->kind) != j)
			return j->kind;
	EACH_ROW(s, queries, q)
		if (service_query(s, q->message->name) != q)
			return q->message->name;
	EACH_ROW(s, tables, t) {
		size_t same = 0;
		for (const struct noun *const *n = s->nouns; *n; n++)
			for (size_t i = 0; i < (*n)->tables.n; i++)
				u = &(*n)->tables.at[i], same += !strcmp((*u)->name, (*t)->name);
		if (same > 1)
			return (*t)->name;
	}
	return NULL;
}
