package picture_test

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sallyport.dev/cmd/sallyport/picture"
	"sallyport.dev/generators/plan"
)

// browsers are the names of programs that can lay out a page without a window.
var browsers = []string{"chromium", "chromium-browser", "google-chrome"}

// widths are those of a telephone, a tablet and a screen, in pixels.
var widths = []int{400, 700, 1400}

// measure is a script around the pages: it writes the width of each window, that of the page in it, and
// what is too wide.
const measure = `<script>
function wide(page) {
  const root = page.documentElement, out = [];
  for (const e of page.querySelectorAll("main *"))
    if (e.getClientRects().length && e.getBoundingClientRect().right > root.clientWidth + 1) out.push(e.tagName + " " + e.textContent.slice(0, 40));
  for (const e of page.querySelectorAll("svg text")) {
    if (!e.getClientRects().length) continue;
    const box = e.parentNode.querySelector("rect").getBBox(), text = e.getBBox();
    if (text.x + text.width > box.x + box.width || text.y < box.y || text.y + text.height > box.y + box.height) out.push("text " + e.textContent);
  }
  return root.clientWidth + " " + root.scrollWidth + " " + out.join(", ");
}
addEventListener("load", () => {
  for (const f of document.querySelectorAll("iframe")) document.body.append(Object.assign(document.createElement("pre"), {textContent: wide(f.contentDocument)}));
});
</script>`

var measured = regexp.MustCompile(`<pre>(\d+) (\d+) (.*?)</pre>`)

// TestPageInBrowser lays pages out in a real browser, at the width of a telephone and of a screen, if
// there is one.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skipf("none of %s is on this machine: pages are not laid out. TestPictureFits checks the coordinates", strings.Join(browsers, ", "))
	}
	var pages []plan.Page
	for _, s := range samples() {
		if strings.HasPrefix(s.name, "../") && len(pages) < 12 { // an example; others look alike
			pages = append(pages, s.pages...)
		}
	}
	long, err := os.ReadFile("../../../testdata/plan/narrow.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, spec, _ := strings.Cut(string(long), "-- spec.yaml --\n")
	spec, _, _ = strings.Cut(spec, "-- table --\n")
	layOut(t, browser, append(pages, pagesOf("narrow", []byte(spec))...))
}

// layOut measures a page at all widths.
func layOut(t *testing.T, browser string, pages []plan.Page) {
	t.Helper()
	page := html.EscapeString(text(t, picture.HTML, pages))
	around := measure
	for _, width := range widths {
		around += fmt.Sprintf(`<iframe style="border: 0; height: 900px; width: %dpx" srcdoc="%s"></iframe>`, width, page)
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte("<!doctype html><body>"+around), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+file).Output()
	all := measured.FindAllStringSubmatch(string(out), -1)
	if err != nil || len(all) != len(widths) {
		t.Fatalf("%v, and %d measurements", err, len(all))
	}
	for i, m := range all {
		if m[1] != fmt.Sprint(widths[i]) || m[1] != m[2] || m[3] != "" {
			t.Errorf("at %d: the window has %s pixels and the page %s: %s", widths[i], m[1], m[2], m[3])
		}
	}
}
