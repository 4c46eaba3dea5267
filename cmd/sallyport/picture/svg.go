package picture

// svg writes a drawing. It refers to nothing outside: the colors are those of the page.
func (h *page) svg(d *drawing, class, title string) {
	h.printf(`<svg class="%s" viewBox="0 0 %d %d" width="%[2]d" height="%[3]d" role="img" aria-label="%[4]s" xmlns="`+svgNamespace+`">`+"\n", class, d.w, d.h, title)
	for _, f := range d.frames {
		h.box(f, 0)
	}
	for _, c := range d.curves {
		bend := (c.x2 - c.x1) / 2
		h.printf(`<path class="arrow" d="M%d %dC%d %[2]d %[3]d %[4]d %d %[4]d"/>`+"\n", c.x1, c.y1, c.x1+bend, c.y2, c.x2-headLength)
		h.head(c)
	}
	for _, c := range d.elbows {
		h.printf(`<path class="arrow" d="M%d %dV%dH%d"/>`+"\n", c.x1, c.y1, c.y2, c.x2-headLength)
		h.head(c)
	}
	for _, b := range d.boxes {
		h.box(b, 6)
	}
	h.printf("</svg>\n")
}

// svgNamespace is a name, not an address: nothing is fetched from it. Inside HTML it is not needed, but
// a picture that is saved alone needs it.
const svgNamespace = "http://www.w3.org/2000/svg"

// headLength is the length of the head of an arrow.
const headLength = 7

// head writes the head of an arrow.
func (h *page) head(c curve) {
	h.printf(`<path class="head" d="M%d %dl-%d -4v8z"/>`+"\n", c.x2, c.y2, headLength)
}

// box writes a box with its text.
func (h *page) box(p *placed, radius int) {
	h.printf(`<g class="%s"><rect x="%d" y="%d" width="%d" height="%d" rx="%d"/>`, p.class, p.x, p.y, p.w, p.h, max(radius, 4))
	top := p.y + pad
	if p.class == "group" {
		top = p.y + 2
	}
	for i, line := range p.text {
		h.printf(`<text class="%s" x="%d" y="%d">%s</text>`, line.class, p.x+pad, top+lineHeight*i+13, line.text)
	}
	h.printf("</g>\n")
}
