# One Makefile, no recursion.  make | make run | make test | make SANITIZE=1 check | make CRASH=1 | make threads | make console | make clean
# CONSOLE=0: without the browsers' console, and without node.
#
# Directories are discovered: a new service is a new directory under services/ (services/list), a new test a new *_test.c.
# Everything made lies under build/ (build-san/ with SANITIZE=1, build-tsan/ with SANITIZE=thread, build-crash/ with CRASH=1: lib/base/crash.h).

O        := build$(if $(SANITIZE),$(if $(filter thread,$(SANITIZE)),-tsan,-san))$(if $(CRASH),-crash)
SERVICES := $(shell services/list)
DAEMONS  := $(SERVICES) bus gateway
PROGRAMS := $(DAEMONS) zhucunctl
CC       := gcc
CFLAGS   := -std=gnu11 -O2 -g -MD -MP -fno-omit-frame-pointer -pthread
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef \
            -Wpointer-arith -Wwrite-strings -Wno-missing-field-initializers $(if $(CI),-Werror)
PKGS     := libpq libzmq libmicrohttpd jansson libcrypto libargon2 libprotobuf-c xlsxwriter zlib
CPPFLAGS := -D_GNU_SOURCE -Ilib -Igateway -isystem $O/gen $(subst -I,-isystem ,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
LDFLAGS  := -pthread -Wl,--as-needed
LIBS      = $(shell pkg-config --libs $(PKGS)) -lm
ifeq ($(SANITIZE),thread)
CFLAGS   += -O1 -fsanitize=thread
LDFLAGS  += -fsanitize=thread
else ifdef SANITIZE
CFLAGS   += -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS  += -fsanitize=address,undefined
endif

ifdef CRASH
CPPFLAGS += -DCRASH
endif

PROTOS   := $(wildcard proto/*.proto services/*/*_rows.proto lib/*/*_rows.proto deploy/ctl/*_rows.proto)
PBC      := $(addprefix $O/gen/,$(notdir $(PROTOS:.proto=.pb-c.c)))
SQLS     := $(wildcard services/*/*.sql lib/*/*.sql deploy/ctl/*.sql)
dir_of    = $(notdir $(patsubst %/,%,$(dir $1)))
# services/roster/posting.sql is roster_posting, services/roster/roster.sql and lib/engine/engine.sql are roster and engine
sql_name  = $(foreach f,$1,$(patsubst $(call dir_of,$f)_$(call dir_of,$f),$(call dir_of,$f),$(call dir_of,$f)_$(basename $(notdir $f))))
sql_obj   = $(patsubst %,$O/gen/%.sql.o,$(call sql_name,$1))
SQLC     := $(patsubst %.o,%.c,$(call sql_obj,$(SQLS)))
LIBC     := $(filter-out lib/engine/main.c $(if $(CRASH),,lib/base/crash.c) %_test.c %_fuzz.c,$(wildcard lib/*/*.c))
GATEC    := $(filter-out %_test.c %_fuzz.c,$(wildcard gateway/*/*.c))
CTLC     := $(wildcard deploy/ctl/*.c)
SVCC     := $(filter-out %_test.c %_fuzz.c,$(foreach s,$(SERVICES),$(wildcard services/$s/*.c)))
DATAC    := $(patsubst deploy/data/%.csv,$O/gen/%.csv.c,$(wildcard deploy/data/*.csv)) \
            $(patsubst deploy/data/%.json,$O/gen/%.json.c,$(wildcard deploy/data/*.json)) $O/gen/openapi.json.c
CONSOLEC := $(addprefix gateway/console/,package.json package-lock.json .npmrc tsconfig.json vite.config.ts index.html) \
            $(shell find gateway/console/src gateway/console/style gateway/console/tools -type f ! -name types.ts ! -name served.ts ! -name 'states*.ts') \
            deploy/console.sh deploy/packages.sh deploy/data/words.json
obj       = $(patsubst %.c,$O/%.o,$(1:$O/%=%))

all: $(PROGRAMS:%=$O/bin/%) $O/zhucunctl.1 $O/zhucunctl.bash

# --- what is generated: messages, statement tables, embedded data
vpath %.proto proto $(wildcard lib/*) deploy/ctl $(wildcard services/*)
vpath %.csv deploy/data
vpath %.json deploy/data gateway/api
$O/gen/%.pb-c.c $O/gen/%.pb-c.h &: %.proto | $O/gen
	protoc-c -I$(<D) -Iproto --c_out=$O/gen $(<F)
define sql_rule
$O/gen/$2.sql.$3: $1 lib/store/sql2c.awk | $O/gen
	awk -v svc=$(call dir_of,$1) -v name=$2 -v out=$3 -f lib/store/sql2c.awk $$< > $$@
endef
$(foreach f,$(SQLS),$(foreach x,h c,$(eval $(call sql_rule,$f,$(call sql_name,$f),$x))))
$O/gen/%.csv.c: %.csv lib/base/embed.sh | $O/gen
	sh lib/base/embed.sh $< > $@
$O/gen/%.json.c: %.json lib/base/embed.sh | $O/gen
	sh lib/base/embed.sh $< > $@
$O/gen/event_list.c: $(wildcard proto/*.proto) lib/bus/event_list.awk | $O/gen
	awk -f lib/bus/event_list.awk $(filter %.proto,$^) > $@
LISTED   := services/list services/order $(SERVICES:%=services/%) Makefile
$O/gen/service_list.h: $(LISTED) | $O/gen
	{ echo '/* The services (services/list): their names, NULL-ended, for anybody; what they are, for who is linked with all of them. */'; \
	  echo '#pragma once'; echo 'enum { SERVICES = $(words $(SERVICES)) };'; echo 'extern const char *const service_names[SERVICES + 1];'; \
	  echo 'extern const struct service *const service_list[SERVICES];'; } > $@
$O/gen/service_names.c: $(LISTED) | $O/gen
	{ echo '#include "service_list.h"'; echo '#include <stddef.h>'; echo 'const char *const service_names[SERVICES + 1] = {'; \
	  printf '\t"%s",\n' $(SERVICES); echo '};'; } > $@
$O/gen/service_list.c: $(LISTED) | $O/gen
	{ echo '#include "engine/service.h"'; echo '#include "service_list.h"'; printf 'extern const struct service %s_service;\n' $(SERVICES); \
	  echo 'const struct service *const service_list[SERVICES] = {'; printf '\t&%s_service,\n' $(SERVICES); echo '};'; } > $@
$O/gen: ; @mkdir -p $@

# --- objects; generated headers first, then -MD knows better
HEADERS := $(PBC:.c=.h) $(SQLC:.c=.h) $O/gen/service_list.h
$O/%.o: %.c | $(HEADERS)
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) -I$(<D) $(CFLAGS) $(WARN) -c -o $@ $<
$O/gen/%.o: $O/gen/%.c | $(HEADERS)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$O/lib/engine/main-%.o: lib/engine/main.c | $(HEADERS)
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -DSERVICE=$*_service -c -o $@ $<

$O/libzhucun.a: $(call obj,$(LIBC)) $(PBC:.c=.o) $(call sql_obj,$(wildcard lib/*/*.sql)) $O/gen/event_list.o $O/gen/service_names.o $(DATAC:.c=.o)
	@rm -f $@
	ar rcs $@ $^
svc_obj = $(call obj,$(filter services/$1/%,$(SVCC))) $(call sql_obj,$(wildcard services/$1/*.sql))
define service_rule
$O/bin/$1: $O/lib/engine/main-$1.o $(call svc_obj,$1) $O/libzhucun.a
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach s,$(SERVICES),$(eval $(call service_rule,$s)))
$O/bin/bus: $(call obj,$(filter-out %_test.c,$(wildcard services/bus/*.c))) $O/libzhucun.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$O/bin/gateway: $O/gateway/main.o $(call obj,$(GATEC)) $O/libzhucun.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

ALLSVC   := $(foreach s,$(SERVICES),$(call svc_obj,$s)) $O/gen/service_list.o

# --- the operator's command; every service is in it, to run their facts again
$O/bin/zhucunctl: $(call obj,$(CTLC)) $(call sql_obj,$(wildcard deploy/ctl/*.sql)) $(ALLSVC) $O/libzhucun.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$O/zhucunctl.1: $O/bin/zhucunctl
	$< help --man > $@
$O/zhucunctl.bash: $O/bin/zhucunctl
	$< help --completion > $@

# --- the browsers' console; its types are made from the document that the gateway prints.  A gateway that prints the same as
# the one before leaves the document as it is, and the console too.
$O/openapi.json: $O/bin/gateway
	$< --openapi > $@.new
	cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$O/console/files: $(CONSOLEC) $O/openapi.json
	deploy/console.sh $O
console: $(if $(filter 0,$(CONSOLE)),,$O/console/files)

# --- tests.  x_policy_test.c links x_policy.c, the messages and the pure parts of lib, nothing else: the linker proves purity.
PURE     := $(addprefix $O/lib/,base/civil.o base/arena.o base/utf8.o bus/sealed_kind.o domain/calendar.o domain/policy_book.o domain/mention.o) $(PBC:.c=.o)
TESTC    := $(wildcard lib/*/*_test.c services/*/*_test.c gateway/*/*_test.c tests/*/*_test.c)
TESTS    := $(TESTC:%.c=$O/%)
# what tests share
$O/%_test.o $O/tests/%.o: CPPFLAGS += -Itests
HARNESS  := $(call obj,$(wildcard tests/harness/*.c) services/bus/routes.c)
# the ladders of criticisms stand on what all ladders share
$O/services/accountability/criticism_policy_test: $O/services/accountability/accountability_policy.o
# who is told what stands on the rows of messages, these on phrases, these on how a text is filled
$O/services/alerts/alerts_policy_test $O/services/alerts/message_policy_test: $(addprefix $O/services/alerts/,phrase_policy.o wording_policy.o)
$O/services/alerts/alerts_policy_test: $O/services/alerts/message_policy.o
$O/services/%_policy_test: $O/services/%_policy_test.o $O/services/%_policy.o $(PURE)
	$(CC) $(LDFLAGS) -o $@ $^ -lprotobuf-c -lm
$O/services/bus/%_test: $O/services/bus/%_test.o $(call obj,$(filter-out %_test.c services/bus/main.c,$(wildcard services/bus/*.c))) $O/libzhucun.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$O/lib/%_test: $O/lib/%_test.o $O/libzhucun.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$O/gateway/%_test: $O/gateway/%_test.o $(call obj,$(wildcard tests/gateway/*.c) $(GATEC)) $O/libzhucun.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
# a room with a fixture of its own: no service is in its tests, and nothing of it is in the library
define fixture_rule
$(filter $O/tests/$1/%,$(TESTS)): %: %.o $(call obj,$(filter-out %_test.c,$(wildcard tests/$1/*.c))) $O/libzhucun.a
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach f,$(wildcard tests/*/fixture.c),$(eval $(call fixture_rule,$(call dir_of,$f))))
$O/tests/%_test: $O/tests/%_test.o $(HARNESS) $(ALLSVC) $(call obj,$(GATEC)) $O/libzhucun.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcurl

# --- the benchmark's programs
$O/bench/%: $O/tests/bench/%.o $O/libzhucun.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
BENCH    := $(patsubst tests/bench/%.c,$O/bench/%,$(wildcard tests/bench/*.c))

# --- simulation: the engine as it is, over a store, a clock and a network that are made of seeds.  Most of its time would be
# spent looking at partitions without districts, so it has few; and little room for events that wait.
SIMC     := $(wildcard tests/sim/*.c) services/bus/routes.c $(filter-out lib/store/store.c lib/store/store_codec.c lib/store/table.c lib/base/clock.c lib/base/log.c lib/bus/link.c lib/bus/frames.c,$(LIBC))
$O/sim/%.o: %.c | $(HEADERS)
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) -I$(<D) $(CFLAGS) $(WARN) -DZHUCUN_SMALL -c -o $@ $<
$O/sim/engine.a: $(patsubst %.c,$O/sim/%.o,$(filter lib/%,$(SIMC))) $(PBC:.c=.o) $(call sql_obj,$(wildcard lib/*/*.sql)) $O/gen/event_list.o $O/gen/service_names.o $(DATAC:.c=.o)
	@rm -f $@
	ar rcs $@ $^
$O/bin/sim: $(patsubst %.c,$O/sim/%.o,$(filter-out lib/%,$(SIMC))) $O/sim/engine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# scripts, of which one opens the console, are run on the build that operators have
tests-built: all $(TESTS) $(BENCH) $O/bin/sim $(if $(filter build,$O),console)
# the tests themselves, on a machine that has everything
check: tests-built
	deploy/test.sh $O $(TESTS)

# --- the two commands of the README; both install what is missing first
run:
	@exec deploy/run.sh
test:
	@exec deploy/test-all.sh

# figures, and their ratios to a stored procedure's, in build/bench.json (docs/performance.md); GROWTH=1: as districts and people grow; LATENCY=1: at lower rates
bench: all $(BENCH)
	@exec tests/bench/bench.sh $(if $(GROWTH),growth,$(if $(LATENCY),latency,figures))

# everything is killed, frozen, starved and failed over under load: SEED=1 MINUTES=1 KILLS=0 choose what and for how long
chaos: all
	@STRICT=1 SEED=$(SEED) MINUTES=$(MINUTES) KILLS=$(KILLS) exec tests/run-chaos.sh

# the scenarios through programs that ThreadSanitizer watches
threads: all tests-built
	@exec tests/threads.sh

clean: ; rm -rf build build-san build-tsan build-crash
.PHONY: all console check tests-built run test bench chaos threads clean
.SECONDARY:
# included, so make would look for a way to make them, and find one through main-%.o
%.d: ;
-include $(shell find $O -name '*.d' 2>/dev/null)
