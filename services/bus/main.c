/* The bus as a program: settings, signals, one context.
 *
 * It also makes the keys that everybody needs to talk to it, so that setting up a stack wants no other tool: `bus
 * --genkey` says a new secret key; `bus --pubkey` says the public key of the secret one that it reads. */
#include "bus.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

static const struct setting settings[] = {
	{ "ZHUCUN_BUS_BIND", SETTING_TEXT, NULL, 1, 255,
	  "ZeroMQ endpoint that the bus listens on: ipc:///run/… or tcp://*:5570" },
	{ "ZHUCUN_INSTANCE", SETTING_TEXT, "", 0, 60, "name of this bus in its metrics" },
	{ CURVE_KEY_SETTING, SETTING_TEXT, NULL, 1, 1000, CURVE_KEY_MEANING },
	{ "ZHUCUN_AUTHORIZED_KEYS_FILE", SETTING_TEXT, NULL, 1, 1000,
	  "file of who may connect: a name and its public key a line" },
	{ "ZHUCUN_LOG_LEVEL", SETTING_TEXT, "info", 1, 8, "least level that is logged: debug, info, warn, error" },
	{ HEALTH_SETTING, SETTING_TEXT, "", 0, 200, HEALTH_MEANING },
};

/* Readable from the first SIGTERM or SIGINT on.  Blocked before any thread is, so that all threads have them blocked.
 */
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

static int
genkey(void)
{
	struct curve_pair pair;

	if (zmq_curve_keypair(pair.public, pair.secret) || puts(pair.secret) == EOF || fflush(stdout))
		return EXIT_FAILURE;
	explicit_bzero(&pair, sizeof(pair));
	return EXIT_SUCCESS;
}

static int
pubkey(void)
{
	struct curve_pair pair;
	char line[CURVE_TEXT + 2] = "";

	setvbuf(stdin, NULL, _IONBF, 0);
	if (!fgets(line, sizeof(line), stdin) || !curve_text_is_key(line, strcspn(line, "\n"), NULL)) {
		fputs("bus --pubkey: standard input is not a secret key as `bus --genkey` makes it\n", stderr);
		return EXIT_FAILURE;
	}
	memcpy(pair.secret, line, CURVE_TEXT);
	pair.secret[CURVE_TEXT] = '\0';
	bool said = !zmq_curve_public(pair.public, pair.secret) && puts(pair.public) != EOF && !fflush(stdout);
	explicit_bzero(&pair, sizeof(pair));
	explicit_bzero(line, sizeof(line));
	return said ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--genkey"))
		return genkey();
	if (argc == 2 && !strcmp(argv[1], "--pubkey"))
		return pubkey();
	config_open(
		argc, argv, "bus",
		"brings requests to who serves them; --genkey makes a secret key, --pubkey tells the public key of one",
		settings, sizeof(settings) / sizeof(settings[0]));
	log_open("bus", log_level_of(config_text("ZHUCUN_LOG_LEVEL")));
	keep_small();

	struct health health;
	struct bus_settings set = {
		.endpoint = config_text("ZHUCUN_BUS_BIND"),
		.name = config_text("ZHUCUN_INSTANCE"),
		.authorized = config_text("ZHUCUN_AUTHORIZED_KEYS_FILE"),
		.health = &health,
	};
	if (!curve_pair_read(&set.keys, config_text(CURVE_KEY_SETTING)))
		return EXIT_FAILURE;
	health_open(&health, config_text(HEALTH_SETTING), 1, clock_mono_us());
	int stop_fd = stop_signals();
	void *zmq = zmq_ctx_new();
	if (stop_fd < 0 || !zmq) {
		LOG(ERROR, "bus.refused", NULL, LOG_S("error", zmq_strerror(errno)));
		return EXIT_FAILURE;
	}
	zmq_ctx_set(zmq, ZMQ_IO_THREADS, 1);
	int rc = bus_run(zmq, &set, stop_fd);
	explicit_bzero(&set, sizeof(set));
	zmq_ctx_term(zmq);
	close(stop_fd);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
