/* message_policy - the messages to people, as rows: of which event, to whom, and what they say (rules.md §8).
 *
 * A new message is a row here and a line in the test; that the event is read, a line in news.c.  What its texts name
 * is what the event says, or a piece: what is computed of it (wording_policy.h).  Rows are checked at start
 * (message_fault).
 *
 * Pure: everything depends on the arguments alone, results live in the arena passed in and point into the arguments. */
#pragma once
#include "accountability.pb-c.h"
#include "alerts.pb-c.h"
#include "wording_policy.h"

/* Who news.c knows them to be. */
enum recipients {
	TO_NOBODY,              /* ends a list */
	TO_IN_CHARGE,           /* the person, the head of their unit, the contact leaders of their villages */
	TO_OTHERS_IN_CHARGE,    /* without the person */
	TO_HEAD,                /* of the unit that is named, else of the person's */
	TO_UNFOLLOWED,          /* the person and the head: who of them is not told of what follows from a finding */
	TO_DEPARTMENT,          /* the organisation department */
	TO_APART,               /* those of the department who have no part in a sealed case */
	TO_NAMED,               /* whom the event itself names: the row's function says */
	TO_PLANNED,             /* it depends on what was told before: alerts_policy.h */
};
enum { TO_MAX = 3 };

struct message_row {
	Alerts__Template template;
	int32_t version;                        /* of its words */
	const ProtobufCMessageDescriptor *event;
	const char *part;                       /* the event's member that says it all; NULL: the event does */
	bool (*when)(const void *part);         /* NULL: always */
	enum recipients to[TO_MAX];             /* of a sealed case: TO_APART instead */
	size_t (*named)(const void *part, char *const **ids);
	const char *day;                        /* member: as of when is looked up who was in charge; NULL: today */
	const char *cause;                      /* as a text in English; NULL: {id} */
	bool of_finding, of_measure;            /* its id is that of one: whoever is told is told when that falls */
	bool urgent;                            /* whatever the policy says */
	struct {                                /* of MeasuresChanged: the change that it must have; 0: any */
		Accountability__Change change; Accountability__MeasureKind kind; Accountability__MeasureState state;
	} has;
	const char *zh, *en;
};

const struct message_row *message_at(size_t i);             /* NULL: there are no more */
const struct message_row *message_of_template(Alerts__Template template);
/* The first row of this event whose condition holds; NULL: nobody is told. */
const struct message_row *message_of_event(const ProtobufCMessage *event);
/* Of changes that somebody is told of, the first row one of which it must have. */
const struct message_row *message_of_changes(Accountability__MeasureChange *const *changes, size_t n);

const ProtobufCMessage *message_part(const struct message_row *row, const ProtobufCMessage *event);
/* Of a case that went, or may go, to discipline inspection (C3.2.2). */
bool message_is_sealed(const ProtobufCMessage *part);
/* Whom it is about, as the part says; the recipient is still to be named. */
struct saying message_saying(const ProtobufCMessage *part, arena_t *a);
char *message_cause(const struct message_row *row, const struct saying *s);
/* Into what is queued: template, version, text and segments, as this recipient reads them. */
void message_say(const struct message_row *row, const struct saying *s, Alerts__AlertQueued *out);

/* What is wrong with a row, from where in its text it is; NULL: nothing. */
const char *message_fault(void);
