/* The bus as a program: settings, signals, one context. */
#include "bus.h"
#include "clock.h"
#include "config.h"
#include "log.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

static const struct setting settings[] = {
	{ "ZHUCUN_BUS_BIND", SETTING_TEXT, NULL, 1, 255, "ZeroMQ endpoint that the bus listens on: ipc:///run/… or tcp://*:5570" },
	{ "ZHUCUN_INSTANCE", SETTING_TEXT, "", 0, 60, "name of this bus in its metrics" },
	{ "ZHUCUN_LOG_LEVEL", SETTING_TEXT, "info", 1, 8, "least level that is logged: debug, info, warn, error" },
	{ HEALTH_SETTING, SETTING_TEXT, "", 0, 200, HEALTH_MEANING },
};

/* Readable from the first SIGTERM or SIGINT on.  Blocked before any thread is, so that all threads have them blocked. */
static int
stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Large bodies are mapped and given back when they leave, so that a burst of them does not stay resident. */
static void
keep_small(void)
{
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
	mallopt(M_ARENA_MAX, 2);
}

int
main(int argc, char **argv)
{
	config_open(argc, argv, "bus", "brings requests to who serves them", settings, sizeof(settings) / sizeof(settings[0]));
	log_open("bus", log_level_of(config_text("ZHUCUN_LOG_LEVEL")));
	keep_small();

	struct health health;
	health_open(&health, config_text(HEALTH_SETTING), 1, clock_mono_us());
	int stop_fd = stop_signals();
	void *zmq = zmq_ctx_new();
	if (stop_fd < 0 || !zmq) {
		LOG(ERROR, "bus.refused", NULL, LOG_S("error", zmq_strerror(errno)));
		return EXIT_FAILURE;
	}
	zmq_ctx_set(zmq, ZMQ_IO_THREADS, 1);
	int rc = bus_run(zmq, config_text("ZHUCUN_BUS_BIND"), config_text("ZHUCUN_INSTANCE"), stop_fd, &health);
	zmq_ctx_term(zmq);
	close(stop_fd);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
