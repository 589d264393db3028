#include "events/event_text.h"
#include "access/sealed.h"
#include "base/civil.h"
#include "bus/event_types.h"
#include "call/names.h"
#include "http/reply.h"
#include "json/json_pb.h"
#include <stdlib.h>
#include <string.h>

/* An attribute without a value is left out; one that is no UTF-8 cannot be said. */
static void
attribute(json_t *j, const char *name, const char *value)
{
	if (*value)
		json_object_set_new(j, name, json_string(value));
}

/* CloudEvents 1.0.2, JSON format.  traceparent is its extension for distributed tracing; district and cause are
 * ours. */
static json_t *
cloud_event(const Wire__Event *e, json_t *data)
{
	json_t *j = json_object();
	char at[INSTANT_TEXT_MAX];

	instant_text(e->at_us, at);
	attribute(j, "specversion", "1.0");
	attribute(j, "id", e->id);
	attribute(j, "source", e->source);
	attribute(j, "type", e->type);
	attribute(j, "subject", e->subject);
	attribute(j, "time", at);
	attribute(j, "datacontenttype", "application/json");
	attribute(j, "district", e->district);
	attribute(j, "cause", e->cause);
	attribute(j, "traceparent", e->trace);
	json_object_set(j, "data", data);
	return j;
}

/* Compact JSON has no line ends: one line of data. */
static void
say(const Wire__Event *e, json_t *data, struct bytes *out)
{
	json_t *j = cloud_event(e, data);
	char *text = reply_json(j);

	bytes_text(out, "event: ");
	bytes_text(out, e->type);
	bytes_text(out, "\ndata: ");
	bytes_text(out, text);
	bytes_text(out, "\n\n");
	free(text);
	json_decref(j);
}

enum event_fate
event_text(const Wire__Logged *l, const char *district, arena_t *a, struct bytes *out)
{
	const Wire__Event *e = wire__event__unpack(arena_pb(a), l->body.len, l->body.data);

	if (!e || strcmp(e->type, l->type) != 0)
		return EVENT_UNREADABLE;
	if (strcmp(e->district, district) != 0)
		return EVENT_ELSEWHERE;
	const struct event_type *type = event_type_of(e->type);
	if (!type)
		return EVENT_UNKNOWN;
	if (type->inside)
		return EVENT_SEALED;
	ProtobufCMessage *data = protobuf_c_message_unpack(type->message, arena_pb(a), e->data.len, e->data.data);
	if (!data)
		return EVENT_UNREADABLE;
	json_t *j = json_from_message(data);
	bool sealed = events_sealed(j);
	names_fill(j, NULL, a);                    /* events name nobody: ids, as everywhere in them */
	if (!sealed)
		say(e, j, out);
	json_decref(j);
	return sealed ? EVENT_SEALED : EVENT_TOLD;
}
