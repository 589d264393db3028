/* The main() of every service; the Makefile says which: -DSERVICE=roster_service.
 *
 * One thread writes (a node), ZHUCUN_READERS threads read, and one more hashes passwords, and another tries dry
 * runs, where there are any; each has its own bus sockets and its own connection, and they share nothing but
 * counters.  SIGTERM or SIGINT ends the process between two batches. */
#include "base/clock.h"
#include "base/config.h"
#include "bus/curve.h"
#include "base/health.h"
#include "bus/link.h"
#include "base/log.h"
#include "engine/node.h"
#include "engine/noun.h"
#include "engine/reader_state.h"
#include "engine/trial.h"
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

extern const struct service SERVICE;

enum { WRITER, READERS_FROM, READERS_MAX = 8, MESSAGES_A_TURN = 1024 };
_Static_assert(READERS_FROM + READERS_MAX + 2 <= HEALTH_THREADS_MAX, "each thread says how it is");

static const struct setting settings[] = {
	{ "ZHUCUN_BUSES", SETTING_TEXT, NULL, 1, 1000, "endpoints of the buses, space-separated: ipc://… or tcp://…" },
	{ CURVE_KEY_SETTING, SETTING_TEXT, NULL, 1, 1000, CURVE_KEY_MEANING },
	{ CURVE_BUS_SETTING, SETTING_TEXT, NULL, 1, 1000, CURVE_BUS_MEANING },
	{ "ZHUCUN_DB", SETTING_TEXT, NULL, 1, 1000, "libpq conninfo, logging in as the service's role",
	  .secret = true },
	{ "ZHUCUN_DB_READER", SETTING_TEXT, NULL, 1, 1000, "libpq conninfo, logging in as the service's reader role",
	  .secret = true },
	{ "ZHUCUN_INSTANCE", SETTING_TEXT, "", 0, 60,
	  "name of this replica; made from host name and process id when empty" },
	{ "ZHUCUN_READERS", SETTING_INT, "1", 1, READERS_MAX, "threads that answer queries" },
	{ "ZHUCUN_CLOCK", SETTING_TEXT, "real", 0, 10,
	  "real, or manual: the clock is moved by POST /api/v1/clock only" },
	{ "ZHUCUN_LOG_LEVEL", SETTING_TEXT, "info", 0, 10, "debug, info, warn or error" },
	{ HEALTH_SETTING, SETTING_TEXT, "", 0, 200, HEALTH_MEANING },
};

struct process {
	void *zmq;
	struct curve_client me;         /* on the buses */
	struct metrics metrics;
	struct health health;
	struct reading { struct process *of; int me; Wire__Lane lane; pthread_t thread; } reading[READERS_MAX + 2];
	int nreading;
	bool manual_clock;
	struct steady_word steady;      /* what its writer believes */
	char instance[64];
	int stop_fd;                    /* readable once the process is to end */
};

static bool
is_manual(const char *clock)
{
	return !strcmp(clock, "manual");
}

static int
wait_ms(int64_t until_us, int link_ms)
{
	int64_t ms = (until_us - clock_mono_us() + 999) / 1000;

	ms = ms < 0 ? 0 : ms;
	return (int)(ms < link_ms ? ms : link_ms);
}

/* For the health file: what this thread of ours lacks, or NULL. */
static const char *
trouble_of(const link_t *link, const node_t *node)
{
	if (node && node_fd(node) < 0)
		return "no database";
	if (node && node_doubt(node))
		return node_doubt(node);
	return link_alive(link) ? NULL : "no bus answers";
}

/* ---- readers, and who tries */

static void
say_lane(const struct reading *self, link_t *link)
{
	Wire__Hello hello = WIRE__HELLO__INIT;

	hello.service = (char *)SERVICE.name;
	hello.instance = self->of->instance;
	hello.lane = self->lane;
	link_hello(link, &hello);
}

/* Until a message has come, or something is due.  False: the process is to end. */
static bool
wait_turn(const struct process *p, link_t *link, int64_t next_us)
{
	zmq_pollitem_t items[LINK_BUSES_MAX + 1];
	int link_ms = link_tick(link, clock_mono_us()), n = link_poll_items(link, items);

	items[n] = (zmq_pollitem_t){ .fd = p->stop_fd, .events = ZMQ_POLLIN };
	zmq_poll(items, n + 1, wait_ms(next_us, link_ms));
	return !items[n].revents;
}

/* Who hashes turns after each, so that the buses hear from him; all else is gone before there is time to. */
static void *
reader_main(void *arg)
{
	const struct reading *self = arg;
	struct process *p = self->of;
	int most = self->lane == WIRE__LANE__READER ? MESSAGES_A_TURN : 1;
	link_t *link = link_open(p->zmq, config_text("ZHUCUN_BUSES"), &p->me);
	struct reader_settings set = {
		config_text("ZHUCUN_DB_READER"), p->manual_clock, link_port(link), &p->metrics, p->instance, &p->steady,
	};
	struct reader *r = reader_open(&SERVICE, &set);
	struct message m;

	if (!r)
		_exit(1);                       /* logged; the supervisor starts us again */
	say_lane(self, link);
	for (int64_t next_us = 0; wait_turn(p, link, next_us);) {
		for (int i = 0; i < most && link_receive(link, &m); i++)
			reader_receive(r, &m);
		next_us = reader_step(r, clock_mono_us());
		health_turn(&p->health, self->me, clock_mono_us(), trouble_of(link, NULL));
	}
	reader_close(&r);
	link_close(&link);
	return NULL;
}

static struct node_settings
node_settings_of(struct process *p, link_t *link)
{
	return (struct node_settings){
		config_text("ZHUCUN_DB"), p->instance, p->manual_clock, link_port(link), &p->metrics, &p->steady,
		link_busy,
	};
}

static void *
trial_main(void *arg)
{
	const struct reading *self = arg;
	struct process *p = self->of;
	link_t *link = link_open(p->zmq, config_text("ZHUCUN_BUSES"), &p->me);
	struct node_settings set = node_settings_of(p, link);
	node_t *n = trial_open(&SERVICE, &set);
	struct message m;

	if (!n)
		_exit(1);
	say_lane(self, link);
	for (int64_t next_us = 0; wait_turn(p, link, next_us);) {
		for (int i = 0; i < MESSAGES_A_TURN && link_receive(link, &m); i++)
			trial_receive(n, &m);
		next_us = trial_step(n, clock_mono_us());
		health_turn(&p->health, self->me, clock_mono_us(),
			    node_fd(n) < 0 ? "no database" : trouble_of(link, NULL));
	}
	trial_close(&n);
	link_close(&link);
	return NULL;
}

static void
reading_add(struct process *p, Wire__Lane lane)
{
	p->reading[p->nreading] = (struct reading){ .of = p, .me = READERS_FROM + p->nreading, .lane = lane };
	p->nreading++;
}

static void
reading_choose(struct process *p)
{
	bool hashes = false;
	const struct query *q;

	for (int64_t i = 0; i < config_int("ZHUCUN_READERS"); i++)
		reading_add(p, WIRE__LANE__READER);
	EACH_ROW(&SERVICE, queries, q)
		hashes = hashes || q->password;
	if (hashes)
		reading_add(p, WIRE__LANE__PASSWORD);
	if (trial_serves(&SERVICE))
		reading_add(p, WIRE__LANE__TRIAL);
}

/* ---- the writer */

static void
writer_loop(struct process *p, node_t *node, link_t *link)
{
	zmq_pollitem_t items[LINK_BUSES_MAX + 2];
	Wire__Hello hello = WIRE__HELLO__INIT;
	struct message m;

	for (int64_t next_us = 0;;) {
		int link_ms = link_tick(link, clock_mono_us()), n = link_poll_items(link, items);
		items[n] = (zmq_pollitem_t){ .fd = p->stop_fd, .events = ZMQ_POLLIN };
		items[n + 1] = (zmq_pollitem_t){ .fd = node_fd(node), .events = ZMQ_POLLIN };
		zmq_poll(items, items[n + 1].fd >= 0 ? n + 2 : n + 1, wait_ms(next_us, link_ms));
		if (items[n].revents)
			return;
		for (int i = 0; i < MESSAGES_A_TURN && link_receive(link, &m); i++)
			node_receive(node, &m);
		log_tick(clock_mono_us());
		next_us = node_step(node, clock_mono_us());
		health_turn(&p->health, WRITER, clock_mono_us(), trouble_of(link, node));
		if (node_hello(node, &hello))
			link_hello(link, &hello);
	}
}

static int
run(struct process *p)
{
	link_t *link = link_open(p->zmq, config_text("ZHUCUN_BUSES"), &p->me);
	if (!link)
		return 1;
	struct node_settings set = node_settings_of(p, link);
	node_t *node = node_open(&SERVICE, &set);
	if (!node)
		return 1;
	Wire__Hello hello = WIRE__HELLO__INIT;
	hello.service = (char *)SERVICE.name;
	hello.instance = p->instance;
	link_hello(link, &hello);               /* we are here, owning nothing yet */
	writer_loop(p, node, link);
	node_leave(node);
	link_hello(link, NULL);
	node_close(&node);
	link_close(&link);
	return 0;
}

/* Signals become a readable descriptor for every thread. */
static int
stop_descriptor(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);         /* never read: stays readable for all */
}

int
main(int argc, char **argv)
{
	struct process p = { .manual_clock = false };

	config_open(argc, argv, SERVICE.name, "one replica of this service; docs/operating.md", settings,
		    ALEN(settings));
	log_open(SERVICE.name, log_level_of(config_text("ZHUCUN_LOG_LEVEL")));
	if (!curve_client_read(&p.me, SERVICE.name, config_text(CURVE_KEY_SETTING), config_text(CURVE_BUS_SETTING)))
		return 1;
	mallopt(M_ARENA_MAX, 2);                        /* resident memory: one heap per thread kind is enough */
	p.manual_clock = is_manual(config_text("ZHUCUN_CLOCK"));
	atomic_store(&p.steady.doubt, STEADY_UNHEARD);
	p.stop_fd = stop_descriptor();
	char host[32] = "";
	gethostname(host, sizeof host - 1);
	if (*config_text("ZHUCUN_INSTANCE"))
		snprintf(p.instance, sizeof p.instance, "%s", config_text("ZHUCUN_INSTANCE"));
	else
		snprintf(p.instance, sizeof p.instance, "%s-%d", host, (int)getpid());
	p.zmq = zmq_ctx_new();
	reading_choose(&p);
	health_open(&p.health, config_text(HEALTH_SETTING), READERS_FROM + p.nreading, clock_mono_us());
	for (int i = 0; i < p.nreading; i++)
		if (pthread_create(&p.reading[i].thread, NULL,
				   p.reading[i].lane == WIRE__LANE__TRIAL ? trial_main : reader_main, &p.reading[i]))
			return 1;
	int code = run(&p);
	if (code)
		/* readers may still be starting: nothing of theirs needs ending */
		_exit(code);
	for (int i = 0; i < p.nreading; i++)
		pthread_join(p.reading[i].thread, NULL);
	zmq_ctx_term(p.zmq);
	return 0;
}
