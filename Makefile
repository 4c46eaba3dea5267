# Every target with a ## line is in make help.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS  = -s -w -X main.version=$(VERSION)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null)
LINT     = $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 30s
FUZZ     ?= $(shell grep -ro '^func Fuzz[A-Za-z]*' --include='*_test.go' cmd fn generators schemas | sed 's|/[^/]*:func |.|' | sort)
SEEDED    = $(shell grep -rl 'randspec\.Seeds()' --include='*_test.go' cmd fn generators schemas | sed 's|[^/]*$$||; s|^|./|' | sort -u)
KUBE     = k8s.io/component-base/version
KUBEFLAGS = -s -w -X $(KUBE).gitVersion=v1.36.3 -X $(KUBE).gitMajor=1 -X $(KUBE).gitMinor=36 -X $(KUBE).gitTreeState=archive

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/sallyport
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/sallyport ./cmd/sallyport

install: ## install sallyport into Go's bin directory
	CGO_ENABLED=0 $(GO) install -trimpath -ldflags '$(LDFLAGS)' ./cmd/sallyport

image: ## build the container image into bin/image: an OCI layout, and a tarball for each platform
	rm -rf bin/image
	cd cmd/package && $(GO) run . image -o ../../bin/image -version '$(VERSION)' -revision '$(REVISION)'

dist: ## build archives, checksums and bills of materials into dist
	rm -rf dist
	cd cmd/package && $(GO) run . dist -o ../../dist -version '$(VERSION)'

demo: build ## render every example to standard output
	@for spec in examples/*/spec.yaml; do echo "# $$spec"; bin/sallyport render $$spec || exit 1; done

test: ## run the tests; Go is all they need
	$(GO) test ./...

validators: ## run the API server's own validators over what we make (a module of its own)
	cd testdata/apiserver && $(GO) test -v ./...

packages: ## build image and archives twice and open them (a module of its own)
	cd cmd/package && $(GO) test -skip '^TestPodman' ./...

e2e-image: ## run the image with podman, as kustomize and kpt run it
	cd cmd/package && $(GO) test -count=1 -v -run '^TestPodman' ./...

fuzz: ## fuzz each parser and encoder for FUZZTIME (30s), after 500 seeds of each property; FUZZ="fn.FuzzRun" for some of them
	$(if $(filter file,$(origin FUZZ)),$(GO) test -run '^Test' $(SEEDED) -seeds 500)
	@for target in $(FUZZ); do \
		echo "$$target"; \
		$(GO) test "./$${target%.*}" -run '^$$' -fuzz "^$${target##*.}\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $(FUZZFLAGS) || exit 1; \
	done

bench: ## compare with helm, kustomize and kyaml's framework, all built here (minutes); then Go benchmarks
	cd testdata/bench && $(GO) run .
	$(GO) test ./generators -run '^$$' -bench .

cluster: ## build a cluster without nodes into bin/e2e, once (ten minutes): e2e has rows that need it
	cd testdata/cluster && CGO_ENABLED=0 $(GO) build -trimpath -tags selinux,notest,grpcnotrace -ldflags '$(KUBEFLAGS)' -o ../../bin/e2e/kubebox .

e2e: ## run inside kustomize, Helm, kpt, podman and the like; ROWS="helm4 kpt/eval", SKIP_OK="podman apiserver"
	$(GO) run ./testdata/e2e $(ROWS)

update: ## rewrite all expected output; read the diff
	$(GO) test ./cmd/sallyport -update

generate: ## write what is made from other files: schemas, the reference, quotations
	$(GO) generate ./...

lint: ## run the linters
	$(LINT) run --allow-parallel-runners ./...
	cd cmd/package && $(LINT) run --allow-parallel-runners ./...

tidy: ## bring the module files in order
	$(GO) mod tidy
	cd testdata/apiserver && $(GO) mod tidy
	cd testdata/bench && $(GO) mod tidy
	cd testdata/cluster && $(GO) mod tidy
	cd cmd/package && $(GO) mod tidy

check: generate tidy lint test validators packages ## everything CI wants, and nothing may have changed
	@test -z "$$(git status --porcelain)" || { git status --porcelain; git diff | head -50; echo "make check: the above is not committed, or not what it is made from" >&2; exit 1; }

.PHONY: help build install image dist demo test validators packages fuzz bench cluster e2e e2e-image update generate lint tidy check
