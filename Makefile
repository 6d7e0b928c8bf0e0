# SPDX-License-Identifier: MIT
# `make help` lists the targets. Everything that is made lies in build/.

VERSION = 0.1.0
# bytes that build/shim may have
BUDGET = 104000
CC = musl-gcc
NATIVE_CC = gcc

MAKEFLAGS += --no-builtin-rules --jobs=$(shell nproc)

sources := $(sort $(wildcard shim/*.c shim/*/*.c))
headers := $(wildcard shim/*.h shim/*/*.h)

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla -Werror=switch -Werror=implicit-function-declaration
LANGUAGE = -std=gnu11 -D_GNU_SOURCE -DSHIM_VERSION='"$(VERSION)"' -Ishim
BEARSSL_INCLUDE = -isystem build/bearssl/inc

# No path and no date may get into the program: the same source gives the same bytes anywhere.
# What is left out makes code longer, and gaps before arrays make data longer. The objects hold both kinds of code,
# so that nm can read them, too.
SMALL = -Oz -mno-sse -fno-caller-saves -fno-jump-tables -fno-optimize-sibling-calls -fno-tree-tail-merge \
	-fno-move-loop-invariants -fno-tree-dominator-opts -fno-inline-functions-called-once -fno-ipa-pure-const \
	-flto=auto -ffat-lto-objects -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-pie -malign-data=abi -ffile-prefix-map=$(CURDIR)=.
# 0.4 KB; -strong would be 3.4 KB, and a static PIE 5.9 KB.
HARDEN = -fstack-protector
# A static program has nothing to relocate, so a page that is read-only after that protects nothing; the small
# "page" lets data follow the code in the file without a gap.
LINK = -static -no-pie -Wl,--gc-sections,-z,noseparate-code,-z,norelro,-z,common-page-size=64,--build-id=none
# It is never asked of the processor at run time which instructions it has: that code is bigger than it is worth.
BEARSSL_FLAGS = $(SMALL) -fno-stack-protector -DBR_RDRAND=0 -DBR_AES_X86NI=0 -DBR_SSE2=0 -I../inc -I../src

SANITIZE = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_CC = clang
# seconds for each driver
export FUZZ_SECONDS ?= 60

unit_tests := $(sort $(wildcard tests/unit/test_*.c))
unit_helpers := $(sort $(filter-out $(unit_tests),$(wildcard tests/unit/*.c)))
unit_programs := $(unit_tests:tests/%.c=build/%)
fuzz_programs := $(patsubst tests/%.c,build/%,$(wildcard tests/fuzz/*.c))

# One list of object files for each way to compile: to ship, to test, and to fuzz.
without_stand_ins := $(filter-out shim/main.c shim/base/libc.c shim/net/bearssl.c,$(sources))
shipped := $(sources:%.c=build/o/%.o)
native := $(without_stand_ins:%.c=build/native/%.o)
fuzzed := $(patsubst %.c,build/fuzzed/%.o,$(without_stand_ins) $(unit_helpers))

# Object files are kept, also those that only a pattern names.
.SECONDARY:
.PHONY: all build size demo test unit fuzz e2e peers docker-test bench compare install clean help need
all: build
build: build/shim ## build/shim (what plain `make` does)

size: build ## bytes of build/shim; fails over the budget
	@bytes=$$(wc -c <build/shim); echo "build/shim: $$bytes bytes, budget $(BUDGET)"; [ "$$bytes" -le $(BUDGET) ]

install: build ## copies build/shim to PREFIX/bin (default /usr/local)
	install -D -m 755 build/shim $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/shim

clean: ## removes build/, the cached tarballs with it
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: build ## watch it wait for servers that come up late
	@tools/demo

test: build $(unit_programs) $(fuzz_programs) build/peers/.unpacked ## everything below
	@tests/run unit layers e2e peers docker stacks fuzz

unit: build $(unit_programs) ## the nouns one by one, and which way the arrows between folders point
	@tests/run unit layers

fuzz: $(unit_programs) $(fuzz_programs) ## FUZZ_SECONDS (60) of chance for each probe and each parser
	@tests/run fuzz

e2e: build ## the program against real and against broken servers
	@tests/run e2e

peers: build build/peers/.unpacked ## the tests of tini, dumb-init and catatonit, against shim under their names
	@tests/run peers

docker-test: build ## the image of Dockerfile.example, and stacks of servers, in a Docker engine
	@tests/run docker stacks

bench: build ## the figures, beside those of other inits, curl and wait-for-it
	@tests/bench/run

compare: build ## what an init must do, tried with shim, tini, dumb-init and catatonit
	@tests/compare/run

# The unstripped one is there to be looked at: it is the same program with its symbols.
build/shim build/shim.unstripped: $(shipped) build/libbearssl.a
	@echo "linking $@"
	@$(CC) $(SMALL) $(LINK) $(if $(filter %/shim,$@),-s) -o $@ $^
	@$(if $(filter %/shim,$@),tools/trim $@)

build/o/%.o: %.c $(headers) Makefile build/bearssl/.unpacked
	@mkdir -p $(@D)
	@echo "compiling $<"
	@$(CC) $(LANGUAGE) $(WARNINGS) $(SMALL) $(HARDEN) $(BEARSSL_INCLUDE) -c -o $@ $<

build/native/%.o: %.c $(headers) Makefile build/bearssl/.unpacked
	@mkdir -p $(@D)
	@echo "compiling $< for unit tests"
	@$(NATIVE_CC) $(LANGUAGE) $(WARNINGS) $(SANITIZE) $(BEARSSL_INCLUDE) -c -o $@ $<

build/unit/%: tests/unit/%.c $(unit_helpers) $(wildcard tests/unit/*.h) $(native)
	@mkdir -p $(@D)
	@echo "linking $@"
	@$(NATIVE_CC) $(LANGUAGE) $(WARNINGS) $(SANITIZE) $(BEARSSL_INCLUDE) -Itests/unit -o $@ \
		$(filter-out %.h,$^) -lcmocka -lbearssl -lresolv

# Counts the ways that an input takes through it, but for what all of them take, which would make it half as fast.
COUNT_WAYS = -fsanitize=fuzzer-no-link
$(patsubst %.c,build/fuzzed/%.o,shim/base/buf.c shim/base/format.c shim/base/span.c $(unit_helpers)): COUNT_WAYS =
build/fuzzed/%.o: %.c $(headers) $(wildcard tests/unit/*.h) Makefile build/bearssl/.unpacked
	@mkdir -p $(@D)
	@echo "compiling $< for fuzzers"
	@$(FUZZ_CC) $(LANGUAGE) $(WARNINGS) $(SANITIZE) $(COUNT_WAYS) $(BEARSSL_INCLUDE) -Itests/unit -c -o $@ $<

build/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(fuzzed)
	@mkdir -p $(@D)
	@echo "linking $@"
	@$(FUZZ_CC) $(LANGUAGE) $(WARNINGS) $(SANITIZE) -fsanitize=fuzzer $(BEARSSL_INCLUDE) -Itests/unit -o $@ \
		$(filter-out %.h,$^) -lcmocka -lbearssl -lresolv

build/bearssl/.unpacked: tools/bearssl tools/debian-source | need
	@tools/bearssl build $(BEARSSL_TARBALL)

build/peers/.unpacked: tools/peers tools/debian-source | need
	@tools/peers build

build/libbearssl.a: build/bearssl/.unpacked Makefile
	@echo "compiling BearSSL"
	@rm -rf $@ build/bearssl/o && mkdir build/bearssl/o
	@cd build/bearssl/o && find ../src -name '*.c' | LC_ALL=C sort | \
		xargs -P "$$(nproc)" -n 16 $(CC) $(BEARSSL_FLAGS) -c
	@ar rcsD $@ $$(printf '%s\n' build/bearssl/o/*.o | LC_ALL=C sort)

# One call for all, since apt runs only once at a time.
need:
	@tools/need build $(MAKECMDGOALS)
