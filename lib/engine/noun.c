#include "engine/noun.h"
#include "base/log.h"
#include "json/copy.h"
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

static const struct table *const *
service_table(const struct service *s, const char *name)
{
	const struct table *const *t;

	EACH_ROW(s, tables, t)
		if (!strcmp((*t)->name, name))
			return t;
	return NULL;
}

const char *
service_named_twice(const struct service *s)
{
	const struct table *const *t;
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
	EACH_ROW(s, tables, t)
		if (service_table(s, (*t)->name) != t)
			return (*t)->name;
	return NULL;
}

bool
service_copies(const struct service *s)
{
	const struct copy *const *c;
	bool good = true;

	EACH_ROW(s, copies, c) {
		const char *fault = copy_fault(*c);
		if (!fault)
			continue;
		LOG(ERROR, "service.copy_lacks", NULL, LOG_S("service", s->name), LOG_S("to", (*c)->to->name),
		    LOG_S("from", (*c)->from->name), LOG_S("field", fault));
		good = false;
	}
	return good;
}

bool
service_faultless(const struct service *s)
{
	bool good = true;

	for (const struct noun *const *noun = s->nouns; *noun; noun++) {
		const char *fault = (*noun)->fault ? (*noun)->fault() : NULL;
		if (!fault)
			continue;
		LOG(ERROR, "service.fault", NULL, LOG_S("service", s->name), LOG_S("fault", fault));
		good = false;
	}
	return good;
}
