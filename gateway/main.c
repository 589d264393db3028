/* The gateway as a program: HTTP on one side, the buses on the other, one thread between.
 *
 *   in:   HTTP/1.1 requests, answers of owners
 *   out:  commands and reads to owners, HTTP answers
 *   owns: no state that outlives it
 *
 * SIGTERM or SIGINT: no new connections, calls under way end by their own deadlines, then exit 0. */
#include "api/api.h"
#include "api/openapi.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/health.h"
#include "base/log.h"
#include "bus/curve.h"
#include "bus/link.h"
#include "pages/console.h"
#include "server/server.h"
#include "service_list.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	TOKEN_MIN = 32, TOKEN_MAX = 512,
	MESSAGES_A_TURN = 1024,
	STOP_US = 6 * 1000 * 1000,              /* a little more than a call may take */
	PEM_BYTES_MAX = 64 * 1024, ROUTES_BYTES_MAX = 16 * 1024,
	RATE_SECONDS = 4,                       /* a bucket holds what so many bring */
};

#define RATE(whose) \
	"requests a second of " whose ", on an average of four seconds; 0: any number.  The operator's are not counted"

static const struct setting settings[] = {
	{ "ZHUCUN_PORT", SETTING_INT, "8080", 1, 65535, "port that the gateway listens on" },
	{ "ZHUCUN_BIND", SETTING_TEXT, "127.0.0.1", 1, 64, "numeric address that the gateway listens on" },
	{ "ZHUCUN_TLS_CERT", SETTING_TEXT, "", 0, 1000,
	  "file of the certificate and its chain (PEM): HTTPS instead of HTTP; with ZHUCUN_TLS_KEY" },
	{ "ZHUCUN_TLS_KEY", SETTING_TEXT, "", 0, 1000, "file of the certificate's key (PEM)" },
	{ "ZHUCUN_BEHIND_PROXY", SETTING_BOOL, "0", 0, 0,
	  "1: a proxy or a private network in front keeps what passes secret, so that an address that is no loopback "
	  "needs no TLS" },
	{ "ZHUCUN_PROXY_NETWORKS", SETTING_TEXT, "", 0, 500,
	  "networks of proxies whose X-Forwarded-For says who the client is, and router: this machine's own; goes with "
	  "ZHUCUN_BEHIND_PROXY" },
	{ "ZHUCUN_BUSES", SETTING_TEXT, NULL, 1, 1000, "endpoints of the buses, space-separated: ipc://… or tcp://…" },
	{ CURVE_KEY_SETTING, SETTING_TEXT, NULL, 1, 1000, CURVE_KEY_MEANING },
	{ CURVE_BUS_SETTING, SETTING_TEXT, NULL, 1, 1000, CURVE_BUS_MEANING },
	{ "ZHUCUN_BOOTSTRAP_TOKEN", SETTING_TEXT, "", 0, TOKEN_MAX,
	  "the operator's bearer token, at least 32 characters",
	  .secret = true },
	{ "ZHUCUN_BOOTSTRAP_TOKEN_FILE", SETTING_TEXT, "", 0, 1000,
	  "file that holds the token, when it is not given itself" },
	{ "ZHUCUN_OPERATOR_NETWORKS", SETTING_TEXT, "127.0.0.0/8 ::1/128", 0, 500,
	  "networks that may ask /livez, /readyz and /metrics without a token, and router" },
	{ "ZHUCUN_CONNECTIONS", SETTING_INT, "2000", 10, 60000, "connections at once" },
	{ "ZHUCUN_CONNECTIONS_PER_ADDRESS", SETTING_INT, "1200", 1, 60000, "connections at once from one address" },
	{ "ZHUCUN_ACCOUNT_RATE", SETTING_INT, "500", 0, 100000, RATE("an account") },
	{ "ZHUCUN_ADDRESS_RATE", SETTING_INT, "2000", 0, 100000, RATE("an address, its accounts together") },
	{ "ZHUCUN_LOGIN_RATE", SETTING_INT, "20", 0, 100000, RATE("an address that logs in") },
	{ "ZHUCUN_ORIGIN", SETTING_TEXT, "", 0, ORIGIN_MAX - 1,
	  "scheme, host and port by which browsers come, as in https://zhucun.example; empty: what the gateway listens "
	  "on" },
	{ "ZHUCUN_PUBLISHED_PORT", SETTING_INT, "0", 0, 65535,
	  "port by which this machine's browsers come where ZHUCUN_ORIGIN is empty and it is not the one listened on; "
	  "0: it is" },
	{ "ZHUCUN_CONSOLE", SETTING_TEXT, "build/console", 0, 1000,
	  "directory of the browsers' console, as its build left it; where there is none, its pages say so; "
	  "empty: none" },
	{ "ZHUCUN_CLOCK", SETTING_TEXT, "real", 0, 10,
	  "real, or manual: the clock is moved by POST /api/v1/clock only" },
	{ "ZHUCUN_LOG_LEVEL", SETTING_TEXT, "info", 0, 10, "debug, info, warn or error" },
	{ HEALTH_SETTING, SETTING_TEXT, "", 0, 200, HEALTH_MEANING },
};

struct process {
	void *zmq;
	struct curve_client me;                 /* on the buses */
	link_t *link;
	api_t *api;
	server_t *server;
	struct console *console;
	int stop_fd;
	struct metrics metrics;
	struct health health;
};

/* ---- settings */

static int
refuse(const char *sentence)
{
	fprintf(stderr, "gateway: %s\n", sentence);
	return 2;
}

/* The token itself is forgotten at once.  False: none, or too short. */
static bool
token_read(uint8_t out[SHA256_SIZE])
{
	char token[TOKEN_MAX + 2] = "";
	const char *file = config_text("ZHUCUN_BOOTSTRAP_TOKEN_FILE");

	snprintf(token, sizeof(token), "%s", config_text("ZHUCUN_BOOTSTRAP_TOKEN"));
	if (!*token && *file) {
		FILE *f = fopen(file, "re");
		size_t n = f ? fread(token, 1, sizeof(token) - 1, f) : 0;
		if (f)
			fclose(f);
		token[n] = '\0';
		token[strcspn(token, "\r\n")] = '\0';
	}
	struct span_of_bytes part = { token, strlen(token) };
	bool fine = part.len >= TOKEN_MIN && part.len <= TOKEN_MAX;
	sha256(&part, 1, out);
	explicit_bzero(token, sizeof(token));
	return fine;
}

static struct rate
rate_of(const char *setting)
{
	return (struct rate){ config_int(setting), RATE_SECONDS * config_int(setting) };
}

static int
api_settings_read(struct api_settings *s)
{
	const char *clock = config_text("ZHUCUN_CLOCK");

	s->manual_clock = strcmp(clock, "manual") == 0;
	s->services = service_names;
	s->account_rate = rate_of("ZHUCUN_ACCOUNT_RATE");
	s->address_rate = rate_of("ZHUCUN_ADDRESS_RATE");
	s->login_rate = rate_of("ZHUCUN_LOGIN_RATE");
	if (!s->manual_clock && *clock && strcmp(clock, "real") != 0)
		return refuse("ZHUCUN_CLOCK must be real or manual");
	if (!token_read(s->token_sha256))
		return refuse("ZHUCUN_BOOTSTRAP_TOKEN or the file ZHUCUN_BOOTSTRAP_TOKEN_FILE must hold 32 to 512 "
		              "characters");
	return 0;
}

static bool
is_loopback(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* Kept as long as the process runs.  NULL: it cannot be read, or is no text of that size. */
static char *
pem_read(const char *path)
{
	char *text = calloc(1, PEM_BYTES_MAX + 1);
	FILE *f = fopen(path, "re");
	size_t n = f && text ? fread(text, 1, PEM_BYTES_MAX, f) : 0;

	if (f)
		fclose(f);
	if (n > 0 && n < PEM_BYTES_MAX)
		return text;
	free(text);
	return NULL;
}

static int
tls_settings_read(struct server_settings *s)
{
	const char *cert = config_text("ZHUCUN_TLS_CERT"), *key = config_text("ZHUCUN_TLS_KEY");

	if (!*cert != !*key)
		return refuse("ZHUCUN_TLS_CERT and ZHUCUN_TLS_KEY go together");
	if (!*cert)
		return 0;
	if (!server_can_tls())
		return refuse("ZHUCUN_TLS_CERT is set, but the HTTP library here was built without TLS");
	s->tls_cert = pem_read(cert);
	s->tls_key = pem_read(key);
	return s->tls_cert && s->tls_key
	               ? 0
	               : refuse("ZHUCUN_TLS_CERT or ZHUCUN_TLS_KEY cannot be read, or holds more than 64 KiB");
}

/* What the kernel says of the ways out of here; "" when it does not. */
static void
routes_read(char out[ROUTES_BYTES_MAX])
{
	FILE *f = fopen("/proc/net/route", "re");
	size_t n = f ? fread(out, 1, ROUTES_BYTES_MAX - 1, f) : 0;

	if (f)
		fclose(f);
	out[n] = '\0';
}

static int
networks_read(struct server_settings *s)
{
	char routes[ROUTES_BYTES_MAX];

	routes_read(routes);
	if (!networks_parse(config_text("ZHUCUN_PROXY_NETWORKS"), routes, &s->proxies))
		return refuse("ZHUCUN_PROXY_NETWORKS must be address ranges like 10.0.0.0/8");
	if (!networks_parse(config_text("ZHUCUN_OPERATOR_NETWORKS"), routes, &s->near))
		return refuse("ZHUCUN_OPERATOR_NETWORKS must be address ranges like 127.0.0.0/8");
	if (config_bool("ZHUCUN_BEHIND_PROXY") && s->proxies.n == 0)
		return refuse("ZHUCUN_BEHIND_PROXY is set, but ZHUCUN_PROXY_NETWORKS names no proxy: everybody would "
		              "be one address, and what one of them fails would be counted for all");
	return 0;
}

static int
server_settings_read(struct server_settings *s)
{
	int refused = tls_settings_read(s);

	if (refused || (refused = networks_read(s)))
		return refused;
	s->bind = config_text("ZHUCUN_BIND");
	if (!is_loopback(s->bind) && !s->tls_cert && !config_bool("ZHUCUN_BEHIND_PROXY"))
		return refuse("ZHUCUN_BIND is no loopback address: passwords and tokens would pass in the clear; "
		              "see ZHUCUN_TLS_CERT and ZHUCUN_BEHIND_PROXY");
	s->port = (int)config_int("ZHUCUN_PORT");
	s->connections_max = (int)config_int("ZHUCUN_CONNECTIONS");
	s->connections_per_address_max = (int)config_int("ZHUCUN_CONNECTIONS_PER_ADDRESS");
	return 0;
}

/* As browsers say it in Origin: without a slash behind it, in small letters, without a port that goes without
 * saying. */
static bool
is_origin(const char *text)
{
	size_t scheme = strncmp(text, "http://", 7) == 0 ? 7 : strncmp(text, "https://", 8) == 0 ? 8 : 0;
	const char *host = text + scheme;

	return scheme && *host && strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == strlen(host);
}

static int
origin_read(struct api_settings *s, const struct server_settings *server)
{
	const char *said = config_text("ZHUCUN_ORIGIN"), *scheme = server->tls_cert ? "https" : "http";
	bool all = strcmp(server->bind, "0.0.0.0") == 0 || strcmp(server->bind, "::") == 0;
	const char *host = all ? "127.0.0.1" : server->bind;
	int64_t published = config_int("ZHUCUN_PUBLISHED_PORT");

	if (*said)
		snprintf(s->origin, sizeof(s->origin), "%s", said);
	else
		snprintf(s->origin, sizeof(s->origin), strchr(host, ':') ? "%s://[%s]:%d" : "%s://%s:%d", scheme, host,
		         published ? (int)published : server->port);
	if (is_origin(s->origin))
		return 0;
	return refuse("ZHUCUN_ORIGIN must be http:// or https://, a host, and its port where it is not the usual one");
}

/* Before anything else is asked of the process: a build asks it where there is no stack. */
static bool
prints_document(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "--openapi") != 0)
		return false;
	json_t *document = openapi_document(true);
	json_dumpf(document, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(document);
	return true;
}

/* ---- the process */

/* Signals are blocked before any thread is made, so that all threads have them blocked. */
static int
stop_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A socket for each connection; memory that a burst needed goes back. */
static void
limits_set(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
	json_object_seed(0);
}

static int
wait_ms(int64_t until_us, int64_t now_us, int link_ms)
{
	if (until_us <= now_us)
		return 0;
	int64_t ms = until_us == INT64_MAX ? link_ms : (until_us - now_us + 999) / 1000;
	return (int)(ms < link_ms ? ms : link_ms);
}

/* One turn: wait, take what the buses brought, do what is due, serve HTTP.  True once a signal has come. */
static bool
turn(struct process *p, int64_t *next_us)
{
	zmq_pollitem_t items[LINK_BUSES_MAX + 2];
	struct message m;
	int64_t now_us = clock_mono_us();
	int link_ms = link_tick(p->link, now_us), n = link_poll_items(p->link, items);

	items[n] = (zmq_pollitem_t){ .fd = server_fd(p->server), .events = ZMQ_POLLIN };
	items[n + 1] = (zmq_pollitem_t){ .fd = p->stop_fd, .events = ZMQ_POLLIN };
	zmq_poll(items, n + 2, wait_ms(*next_us, now_us, link_ms));
	now_us = clock_mono_us();
	for (int i = 0; i < MESSAGES_A_TURN && link_receive(p->link, &m); i++)
		api_receive(p->api, &m, now_us);
	int64_t api_us = api_tick(p->api, now_us), server_us = server_run(p->server, now_us);
	*next_us = api_us < server_us ? api_us : server_us;
	health_turn(&p->health, 0, now_us, link_alive(p->link) ? NULL : "no bus answers");
	log_tick(now_us);
	return items[n + 1].revents != 0;
}

/* Nobody new is let in; each answer ends its connection; who is not answered by his deadline is answered all the
 * same. */
static void
wind_down(struct process *p)
{
	int64_t next_us = 0, end_us = clock_mono_us() + STOP_US;

	server_stop(p->server);
	api_end_streams(p->api);
	p->stop_fd = -1;
	while ((server_busy(p->server) || api_outstanding(p->api)) && clock_mono_us() < end_us)
		turn(p, &next_us);
	api_give_up(p->api, clock_mono_us());
	while (server_suspended(p->server))
		server_run(p->server, clock_mono_us());
	server_run(p->server, clock_mono_us());
}

static int
serve(struct process *p, struct api_settings *api, struct server_settings *server)
{
	int64_t next_us = 0;

	p->link = link_open(p->zmq, config_text("ZHUCUN_BUSES"), &p->me);
	if (!p->link)
		return EXIT_FAILURE;
	api->port = link_port(p->link);
	api->buses = link_buses(p->link);
	api->metrics = server->metrics = &p->metrics;
	p->api = server->api = api_open(api);
	p->server = server_open(server, clock_mono_us());
	if (p->server) {
		LOG(INFO, "gateway.listening", NULL, LOG_S("address", server->bind), LOG_I("port", server->port),
		    LOG_S("scheme", server->tls_cert ? "https" : "http"));
		while (!turn(p, &next_us))
			;
		wind_down(p);
		server_close(&p->server);
	}
	bool served = next_us != 0;
	api_close(&p->api);
	console_close(&p->console);
	link_close(&p->link);
	return served ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct process p = { 0 };
	struct api_settings api = { 0 };
	struct server_settings server = { 0 };

	if (prints_document(argc, argv))
		return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
	config_open(argc, argv, "gateway", "serves the HTTP API", settings, sizeof(settings) / sizeof(settings[0]));
	log_open("gateway", log_level_of(config_text("ZHUCUN_LOG_LEVEL")));
	int refused = api_settings_read(&api);
	if (!refused)
		refused = server_settings_read(&server);
	if (!refused)
		refused = origin_read(&api, &server);
	if (refused)
		return refused;
	if (!curve_client_read(&p.me, "gateway", config_text(CURVE_KEY_SETTING), config_text(CURVE_BUS_SETTING)))
		return EXIT_FAILURE;
	api.console = p.console = console_open(config_text("ZHUCUN_CONSOLE"), strncmp(api.origin, "https:", 6) == 0);
	if (!p.console)
		return refuse("ZHUCUN_CONSOLE holds what its own list does not say, or more than 2 MiB");
	limits_set();
	health_open(&p.health, config_text(HEALTH_SETTING), 1, clock_mono_us());
	p.stop_fd = stop_signals();
	p.zmq = zmq_ctx_new();
	if (p.stop_fd < 0 || !p.zmq) {
		LOG(ERROR, "gateway.refused", NULL, LOG_S("error", strerror(errno)));
		return EXIT_FAILURE;
	}
	int rc = serve(&p, &api, &server);
	zmq_ctx_term(p.zmq);
	return rc;
}
