# make help lists every target with a ## comment.
GO      ?= go
VERSION ?= $(shell sed -n 's/^var version = "\(.*\)"$$/\1/p' cmd/sallyport/version.go)
LDFLAGS  = -s -w -X main.version=$(VERSION)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null)
LINT     = $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 30s
FUZZ     ?= $(shell grep -ro '^func Fuzz[A-Za-z]*' --include='*_test.go' cmd fn generators schemas | sed 's|/[^/]*:func |.|' | sort)
SEEDED    = $(shell grep -rl 'randspec\.Seeds()' --include='*_test.go' cmd fn generators schemas | sed 's|[^/]*$$||; s|^|./|' | sort -u)
KUBE     = k8s.io/component-base/version
KUBEFLAGS = -s -w -X $(KUBE).gitVersion=v1.36.3 -X $(KUBE).gitMajor=1 -X $(KUBE).gitMinor=36 -X $(KUBE).gitTreeState=archive

# Everything is compiled as releases are, so that all targets share what they have compiled. Without C, Go
# links the tests: kustomize's packages import plugin, for which the C linker takes twice the time.
export CGO_ENABLED = 0
export GOFLAGS := $(shell $(GO) env GOFLAGS) -trimpath

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "%-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/sallyport
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/sallyport ./cmd/sallyport

install: ## install sallyport into Go's bin directory
	$(GO) install -ldflags '$(LDFLAGS)' ./cmd/sallyport

image: ## build the container image into bin/image: an OCI layout, and a tarball for each platform
	rm -rf bin/image
	cd cmd/package && $(GO) run . image -o ../../bin/image -version '$(VERSION)' -revision '$(REVISION)'

dist: ## build archives, checksums and bills of materials into dist
	rm -rf dist
	cd cmd/package && $(GO) run . dist -o ../../dist -version '$(VERSION)'

demo: build ## print a spec, its address table and its objects, and what to do next
	@echo "# examples/kafka/access.yaml, beside a StatefulSet:"
	@cat examples/kafka/access.yaml
	@echo "# bin/sallyport plan examples/kafka prints who reaches what:"
	@bin/sallyport plan examples/kafka 2>/dev/null
	@echo "# bin/sallyport render examples/kafka prints the manifests of these objects:"
	@bin/sallyport render examples/kafka 2>/dev/null | awk '/^kind:/ {kind = $$2} /^  name:/ {print kind, $$2}' | paste -sd, - | sed 's/,/, /g' | fold -sw 80
	@echo "# Next: bin/sallyport init --profile kafka -f your-statefulset.yaml > access.yaml"

examples: build ## print the manifests of every example
	@for spec in examples/*/spec.yaml; do \
		set=$${spec%/*}/statefulset.yaml; echo "# $$spec"; \
		if [ -f "$$set" ]; then awk 'FNR == 1 && NR > 1 {print "---"} 1' $$(ls $${spec%/*}/gateway.yaml 2>/dev/null) "$$set" | bin/sallyport filter -f "$$spec"; else bin/sallyport render "$$spec"; fi || exit 1; \
	done

test: ## run the tests; they only need Go
	@echo "This takes about 40 seconds on 2 cores, and some minutes the first time, when all is compiled."
	$(GO) test ./...

validators: ## run the API server's validators over the generated objects (a separate module)
	cd testdata/apiserver && $(GO) test -v ./...

packages: ## build the image and the archives twice and check them (a separate module)
	cd cmd/package && $(GO) test -skip '^TestPodman' ./...

e2e-image: ## run the image with podman, as kustomize and kpt do
	cd cmd/package && $(GO) test -count=1 -v -run '^TestPodman' ./...

properties: ## hold the properties against 200 random specs, where make test takes 25
	$(GO) test -run '^Test' $(SEEDED) -seeds 200

fuzz: ## check properties with 500 seeds, then run each fuzz test for FUZZTIME (30s); FUZZ="fn.FuzzRun" selects some
	$(if $(filter file,$(origin FUZZ)),$(GO) test -run '^Test' $(SEEDED) -seeds 500)
	@for target in $(FUZZ); do \
		echo "$$target"; \
		$(GO) test "./$${target%.*}" -run '^$$' -fuzz "^$${target##*.}\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $(FUZZFLAGS) || exit 1; \
	done

bench: ## compare with helm, kustomize and kyaml's framework (builds them: minutes), measure large inputs, and run the Go benchmarks
	cd testdata/bench && $(GO) run . && $(GO) run . -shapes .
	$(GO) test ./generators -run '^$$' -bench .

cluster: ## build a cluster without nodes into bin/e2e, once (ten minutes); some rows of e2e need it
	cd testdata/cluster && $(GO) build -tags selinux,notest,grpcnotrace -ldflags '$(KUBEFLAGS)' -o ../../bin/e2e/kubebox .

e2e: ## test in kustomize, Helm, kpt, podman and other tools; ROWS="helm4 kpt/eval", SKIP_OK="podman apiserver", CHARTS=DIR
	$(GO) run ./testdata/e2e $(ROWS)

e2e-engines: ## test with real servers and clients in network namespaces (needs root); ROWS="kafka redis/shared-address", SKIP_OK
	cd testdata/engines && $(GO) run . $(ROWS)

update: ## rewrite all expected output; read the diff
	$(GO) test ./cmd/sallyport -update

generate: ## update generated files: schemas, the reference, quotations in the README
	$(GO) generate ./...

lint: ## run the linters
	$(LINT) run --allow-parallel-runners ./...
	cd cmd/package && $(LINT) run --allow-parallel-runners ./...

tidy: ## tidy the module files
	$(GO) mod tidy
	cd testdata/apiserver && $(GO) mod tidy
	cd testdata/bench && $(GO) mod tidy
	cd testdata/cluster && $(GO) mod tidy
	cd testdata/engines && $(GO) mod tidy
	cd testdata/traefik && $(GO) mod tidy
	cd cmd/package && $(GO) mod tidy

check: generate tidy lint test properties validators packages ## run everything that CI runs, and fail if a file changes
	@test -z "$$(git status --porcelain)" || { git status --porcelain; git diff | head -50; echo "make check: the files above are not committed or not up to date" >&2; exit 1; }

.PHONY: help build install image dist demo examples test properties validators packages fuzz bench cluster e2e e2e-engines e2e-image update generate lint tidy check
