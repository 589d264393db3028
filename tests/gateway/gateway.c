#include "gateway.h"
#include <stdio.h>
#include <string.h>

void
gateway_open(struct gateway *g, struct api_settings s)
{
	struct span_of_bytes token = { TOKEN, strlen(TOKEN) };

	memset(g, 0, sizeof(*g));
	sha256(&token, 1, s.token_sha256);
	s.port = (struct port){ &g->bus, fake_send };
	s.metrics = &g->metrics;
	g->now_us = 1000000;
	g->api = api_open(&s);
}

void
gateway_close(struct gateway *g)
{
	client_forget(&g->client);
	fake_forget(&g->bus);
	api_close(&g->api);
}

void
gateway_run(void (*const tests[])(struct gateway *), size_t n, struct api_settings s)
{
	static struct gateway g;

	for (size_t i = 0; i < n; i++) {
		gateway_open(&g, s);
		tests[i](&g);
		gateway_close(&g);
	}
}

void
gateway_begin(struct gateway *g, const struct api_request *r)
{
	struct api_client client = client_of(&g->client);

	client_forget(&g->client);
	fake_forget(&g->bus);
	g->answered = 0;
	g->call = api_begin(g->api, r, &client, g->now_us);
}

void
gateway_pass(struct gateway *g, int64_t us)
{
	g->now_us += us;
	api_tick(g->api, g->now_us);
}

const char *
gateway_code(const struct gateway *g)
{
	static char code[64];   /* of a test, one thread */
	json_t *j = g->client.text ? json_loads(g->client.text, 0, NULL) : NULL;
	const char *text = json_string_value(json_object_get(j, "code"));

	snprintf(code, sizeof(code), "%s", text ? text : "");
	json_decref(j);
	return code;
}
