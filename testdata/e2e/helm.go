package main

import (
	"path/filepath"
	"slices"
	"strings"
)

var helmRows = []rowCase{
	{"helm3/post-renderer", func(r *row) { postRender(r, helm3(r), "sallyport", "filter") }},
	{"helm3/same-as-pipe", helm3Pipe},
	{"helm3/mistake", func(r *row) { helmMistake(r, helm3(r), `no field "typo"`, "sallyport", "filter") }},
	{"helm3/hook", func(r *row) { hook(r, helm3(r), "sallyport", "filter") }},
	{"helm4/plugin", func(r *row) { plugin(r); postRender(r, helm4(r), "sallyport") }},
	{"helm4/scale-down", helm4ScaleDown},
	{"helm4/hook", func(r *row) { plugin(r); hook(r, helm4(r), "sallyport") }},
	{"helm4/mistake", func(r *row) { plugin(r); helmMistake(r, helm4(r), "exited with error", "sallyport") }},
	{"helm4/pipe", helm4Pipe},
}

// chart copies the example, and sets the directories of Helm.
func chart(r *row) string {
	r.env = append(r.env, "HELM_CONFIG_HOME="+r.dir+"/config", "HELM_CACHE_HOME="+r.dir+"/cache", "HELM_DATA_HOME="+r.dir+"/data")
	if dir := filepath.Join(r.dir, "with-helm"); exists(dir) {
		return dir
	}
	return r.example("with-helm")
}

// plugin installs the plugin that Helm 4 requires for a post-renderer.
func plugin(r *row) {
	dir := chart(r)
	r.ok(dir, "", helm4(r), "plugin", "install", "./plugin")
}

func template(renderer string, args ...string) []string {
	all := []string{"template", "cache", "./chart", "--namespace", "shop", "--post-renderer", renderer}
	for _, a := range args {
		all = append(all, "--post-renderer-args="+a)
	}
	return all
}

// postRender checks that the chart's own manifests do not change, that the spec is left out,
// and that the objects of this spec and of the one in the file are those of render.
func postRender(r *row, helm, renderer string, args ...string) {
	dir := chart(r)
	plain := r.ok(dir, "", helm, "template", "cache", "./chart", "--namespace", "shop")
	out := r.ok(dir, "", helm, template(renderer, append(args, "-f", "db.yaml")...)...)
	r.write(filepath.Join(dir, "rendered.yaml"), plain)
	ours := r.render(filepath.Join(dir, "rendered.yaml"), filepath.Join(dir, "db.yaml"))
	var want []string
	for _, doc := range strings.Split(plain, "---\n") {
		if strings.Contains(doc, "kind: StatefulSet") {
			want = append(want, doc)
		}
	}
	want = append(want, strings.Split(ours, "---\n")...)
	got := strings.Split(out, "---\n")[1:]
	r.equal("documents", documentSet(want), documentSet(got))
}

// documentSet returns documents in a fixed order, without Helm's comments on their source.
func documentSet(docs []string) string {
	var all []string
	for _, doc := range docs {
		if first, rest, _ := strings.Cut(doc, "\n"); strings.HasPrefix(first, "# Source: ") {
			doc = rest
		}
		all = append(all, strings.TrimSpace(doc))
	}
	return sortedLines(all)
}

// helm3Pipe checks that the post-renderer and the pipe have the same output.
func helm3Pipe(r *row) {
	dir := chart(r)
	plain := r.ok(dir, "", helm3(r), "template", "cache", "./chart", "--namespace", "shop")
	r.equal("post-rendered", r.ok(dir, plain, "sallyport", "filter", "-f", "db.yaml"),
		r.ok(dir, "", helm3(r), template("sallyport", "filter", "-f", "db.yaml")...))
}

// hook checks that hooks do not change, and that generated objects occur once: Helm 4 passes
// hooks to the post-renderer, Helm 3 does not.
func hook(r *row, helm, renderer string, args ...string) {
	dir := chart(r)
	r.write(filepath.Join(dir, "chart", "templates", "hook.yaml"),
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: first\n  annotations: {helm.sh/hook: pre-install} # and stays\n")
	out := r.ok(dir, "", helm, template(renderer, args...)...)
	all := strings.Split(headings(r, out), ", ")
	slices.Sort(all)
	r.equal("objects", "ConfigMap first, Service cache-0, Service cache-1, Service cache-headless, StatefulSet cache", strings.Join(all, ", "))
	if !strings.Contains(out, "annotations: {helm.sh/hook: pre-install} # and stays\n") {
		r.failf("the hook has changed:\n%s", out)
	}
}

func helmMistake(r *row, helm, says, renderer string, args ...string) {
	dir := chart(r)
	r.edit(filepath.Join(dir, "chart", "templates", "access.yaml"), "\nspec:\n", "\nspec:\n  typo: 1\n")
	r.fails(r.try(dir, "", helm, template(renderer, args...)...), says)
}

// helm4ScaleDown checks that a value of the chart is used in the spec.
func helm4ScaleDown(r *row) {
	plugin(r)
	args := append(template("sallyport"), "--set", "replicas=1")
	out := headings(r, r.ok(chart(r), "", helm4(r), args...))
	r.equal("objects", "Service cache-headless, Service cache-0, StatefulSet cache", out)
}

// helm4Pipe is the way in the README to see the errors that Helm 4 does not show.
func helm4Pipe(r *row) {
	dir := chart(r)
	r.edit(filepath.Join(dir, "chart", "templates", "access.yaml"), "\nspec:\n", "\nspec:\n  typo: 1\n")
	plain := r.ok(dir, "", helm4(r), "template", "cache", "./chart")
	r.fails(r.try(dir, plain, "sallyport", "filter"), `no field "typo"`)
}
