/* input - one thing that a batch runs: a command, an event, a timer that is due, a job. */
#pragma once
#include "base/arena.h"
#include "bus/message.h"
#include "engine/node.h"
#include "engine/service.h"

enum input_kind {
	INPUT_COMMAND, INPUT_EVENT, INPUT_TIMER, INPUT_JOB,
	INPUT_RETRY,                                    /* an event that was put aside */
	INPUT_OWN,                                      /* in a replay: an event of ours */
};
/* mark: a hash of the table and the first two key fields at most. */
struct want_mark { struct want_mark *next; uint32_t mark; };
struct input {
	enum input_kind kind;
	int32_t partition;
	const char *district, *subject, *account, *trace, *cause, *event_id;
	int64_t at_us;
	const ProtobufCMessage *m;                      /* NULL for timers and jobs */
	const struct command *as_command;
	const struct event_handler *as_event;
	const struct timer *as_timer;
	const struct job *as_job;
	/* a command */
	struct group *group; size_t index; const Wire__Command *command; Wire__Answer *answer;
	const ProtobufCMessageDescriptor *said;         /* what the answer is */
	bool behind_jobs;                               /* it comes after others, and there were jobs of its district */
	/* an event */
	int producer; const Wire__Logged *logged; const char *park;     /* reason to put it aside */
	int64_t read_before;                            /* how many had been read before it (journal.h) */
	bool told;                                      /* INPUT_OWN: an input before it has said it */
	/* a timer or a job */
	const void *row;
	bool overtaken;                                 /* INPUT_TIMER: not run, it comes again */
	/* of a job: what is left of it; goes_on: it has been moved on */
	struct span span; bool goes_on;
	void *kept;                                     /* what its want made of it, in the arena */
	struct want_mark *looks;                        /* what its want has looked at */
};
struct inputs { struct input *at; size_t n, cap; };

/* An empty one: its texts are "". */
struct input input_of(enum input_kind kind, int32_t partition);
/* An empty one more; valid until the next is added. */
struct input *input_add(struct inputs *all, enum input_kind kind, int32_t partition, arena_t *a);
/* Of an event as it travels, e NULL: it cannot be read.  producer -1: it is our own, not read but said. */
void input_of_event(node_t *n, struct input *in, int producer, const Wire__Logged *l, const Wire__Event *e);
