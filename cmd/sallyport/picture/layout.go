package picture

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The measures of a picture, in pixels. Text has a font of fixed width, so that its length is known.
const (
	fontSize   = 12.5
	charWidth  = 7.75 // the widest of the fonts that browsers have
	lineHeight = 17
	pad        = 10
	gap        = 14 // between boxes of a lane
	laneGap    = 46
	frame      = 8  // between the boxes of a group and their frame
	heading    = 22 // the title of a group
)

// laneWidths are the widths of the boxes, by lane.
var laneWidths = [lanes]int{128, 176, 340, 196}

// A placed is a box at its place.
type placed struct {
	x, y, w, h int
	class      string
	text       []textLine
}

// A textLine is a line of text in a box.
type textLine struct{ class, text string }

func (p *placed) center() int { return p.y + p.h/2 }
func (p *placed) bottom() int { return p.y + p.h }
func (p *placed) right() int  { return p.x + p.w }

// A curve is an arrow at its place.
type curve struct{ x1, y1, x2, y2 int }

// A drawing is a graph with a place for everything.
type drawing struct {
	w, h   int
	boxes  []*placed
	frames []*placed // behind the boxes
	curves []curve   // from left to right
	elbows []curve   // down, then right
}

// classes are the classes of boxes, by lane.
var classes = [lanes]string{"client", "door", "service", "target"}

// place makes a box with the text that it needs. Its height follows from its width.
func (b *box) place(x, y, w int, more ...string) *placed {
	p := &placed{x: x, y: y, w: w, class: classes[b.lane]}
	for _, part := range []struct {
		class string
		lines []string
	}{{"title", []string{b.title}}, {"address", b.lines}, {"note", append(slices.Clone(b.notes), more...)}} {
		for _, line := range part.lines {
			for _, text := range broken(line, int(float64(w-2*pad)/charWidth)) {
				p.text = append(p.text, textLine{part.class, text})
			}
		}
	}
	p.h = 2*pad + lineHeight*len(p.text)
	return p
}

// broken breaks a text into lines of at most n characters: behind a space or a mark that separates the
// parts of names, if there is one in the second half of a line.
func broken(text string, n int) []string {
	var out []string
	for utf8.RuneCountInString(text) > n {
		runes := []rune(text)
		at := n
		for _, marks := range []string{" ", ".:/,-"} {
			if i := lastOf(runes[n/2:n], marks); i >= 0 {
				at = n/2 + i + 1
				break
			}
		}
		out = append(out, strings.TrimRight(string(runes[:at]), " "))
		text = string(runes[at:])
	}
	return append(out, text)
}

// lastOf returns the index of the last of some characters, or -1.
func lastOf(runes []rune, marks string) int {
	for i, r := range slices.Backward(runes) {
		if strings.ContainsRune(marks, r) {
			return i
		}
	}
	return -1
}

// A wideLayout places a graph in columns.
type wideLayout struct {
	*drawing
	g  *graph
	at map[*box]*placed
	x  [lanes]int
}

// wideDrawing places a graph in columns, from clients to pods.
func wideDrawing(g *graph) *drawing {
	l := wideLayout{&drawing{}, g, map[*box]*placed{}, [lanes]int{}}
	x := 1
	for in := clients; in < lanes; in++ {
		l.x[in] = x
		if slices.ContainsFunc(g.boxes, func(b *box) bool { return b.lane == in }) {
			x += laneWidths[in] + laneGap
		}
	}
	l.w = x - laneGap + frame + 1
	y := 1 + heading
	for _, b := range g.boxes {
		if b.lane == services {
			l.at[b] = b.place(l.x[services], y, laneWidths[services])
			y = l.at[b].bottom() + gap
		}
	}
	frames := l.placeTargets()
	for _, in := range []lane{doors, clients} {
		l.placeBefore(in)
	}
	for _, b := range g.boxes {
		l.boxes = append(l.boxes, l.at[b])
	}
	for _, p := range append(slices.Clone(l.boxes), l.frames...) {
		l.h = max(l.h, p.bottom()+1)
	}
	for _, a := range g.arrows {
		from, to := l.at[a.from], l.at[a.to]
		if a.to == nil {
			to = frames[a.all]
			l.curves = append(l.curves, curve{from.right(), from.center(), to.x, min(max(from.center(), to.y+heading/2), to.bottom()-heading/2)})
			continue
		}
		l.curves = append(l.curves, curve{from.right(), from.center(), to.x, to.center()})
	}
	return l.drawing
}

// placeTargets places the groups and their boxes beside the Services that lead to them.
func (l *wideLayout) placeTargets() map[*group]*placed {
	frames := map[*group]*placed{}
	y := 1
	for _, of := range l.g.groups {
		y += heading
		for _, b := range of.boxes {
			p := b.place(l.x[targets], y, laneWidths[targets])
			from := l.sources(func(a *arrow) bool { return a.to == b })
			if len(from) == 0 && b == of.boxes[0] {
				from = l.sources(func(a *arrow) bool { return a.all == of })
			}
			if len(from) > 0 {
				p.y = max(y, middle(from)-p.h/2)
			}
			l.at[b], y = p, p.bottom()+gap
		}
		top := l.at[of.boxes[0]].y - heading
		f := &placed{x: l.x[targets] - frame, y: top, w: laneWidths[targets] + 2*frame, h: y - gap + frame - top, class: "group"}
		for _, text := range broken(of.title, int(float64(f.w-2*pad)/charWidth))[:1] {
			f.text = []textLine{{"note", text}}
		}
		frames[of], l.frames = f, append(l.frames, f)
		y = f.bottom() + gap
	}
	return frames
}

// placeBefore places the boxes of a lane beside what they lead to.
func (l *wideLayout) placeBefore(in lane) {
	type wanted struct {
		b *box
		y int
	}
	var all []wanted
	for _, b := range l.g.boxes {
		if b.lane != in {
			continue
		}
		var to []*placed
		for _, a := range l.g.arrows {
			if a.from == b && a.to != nil {
				to = append(to, l.at[a.to])
			} else if a.from == b {
				for _, t := range a.all.boxes {
					to = append(to, l.at[t])
				}
			}
		}
		p := b.place(l.x[in], 0, laneWidths[in])
		l.at[b] = p
		all = append(all, wanted{b, max(1, middle(to)-p.h/2)})
	}
	slices.SortStableFunc(all, func(a, b wanted) int { return a.y - b.y })
	y := 1
	for _, w := range all {
		p := l.at[w.b]
		p.y = max(y, w.y)
		y = p.bottom() + gap
	}
}

// sources returns the places of Services from which arrows come.
func (l *wideLayout) sources(wanted func(*arrow) bool) []*placed {
	var out []*placed
	for _, a := range l.g.arrows {
		if p := l.at[a.from]; p != nil && wanted(a) {
			out = append(out, p)
		}
	}
	return out
}

// middle returns the middle of the centers of boxes.
func middle(all []*placed) int {
	if len(all) == 0 {
		return 0
	}
	low, high := all[0].center(), all[0].center()
	for _, p := range all {
		low, high = min(low, p.center()), max(high, p.center())
	}
	return (low + high) / 2
}

// narrowWidth is the width of the picture for small screens, and step how far boxes are indented there.
const (
	narrowWidth = 360
	step        = 20
)

// narrowDrawing places a graph as a tree, from clients down to Services. A Service names its pods.
func narrowDrawing(g *graph) *drawing {
	d := &drawing{w: narrowWidth + 2}
	for _, b := range g.boxes {
		if b.lane == clients {
			d.tree(g, b, 0)
		}
	}
	d.h = d.boxes[len(d.boxes)-1].bottom() + 1
	return d
}

// tree places a box and what it leads to.
func (d *drawing) tree(g *graph, b *box, depth int) *placed {
	y := 1
	if n := len(d.boxes); n > 0 {
		y = d.boxes[n-1].bottom() + gap
	}
	var to []string
	if b.lane == services {
		to = targetsOf(g, b)
	}
	p := b.place(1+depth*step, y, narrowWidth-depth*step, to...)
	d.boxes = append(d.boxes, p)
	if b.lane == services {
		return p
	}
	for _, a := range g.arrows {
		if a.from == b && a.to != nil {
			child := d.tree(g, a.to, depth+1)
			d.elbows = append(d.elbows, curve{p.x + step/2, p.bottom(), child.x, child.y + pad + lineHeight/2})
		}
	}
	return p
}

// targetsOf names what a Service leads to.
func targetsOf(g *graph, b *box) []string {
	var out []string
	for _, a := range g.arrows {
		switch {
		case a.from != b:
		case a.to != nil:
			out = append(out, "leads to "+a.to.title+", port "+strings.Join(a.labels, ", "))
		default:
			out = append(out, "leads to all pods of "+a.all.title+", port "+strings.Join(a.labels, ", "))
		}
	}
	return out
}
