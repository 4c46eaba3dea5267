package show

import (
	"reflect"
	"strings"
)

// plain is for specs that are written as they are, without profile and defaults.
type plain struct {
	comments map[string]string // by path
}

// maxInBraces is how long a line with a mapping in braces can be.
const maxInBraces = 88

// Plain writes a spec as it is: an ExternalAccess or an ExternalEndpoints, with comments behind the
// fields with these paths. Short mappings are in braces.
func Plain(spec any, comments map[string]string) string {
	s := shower{plain: &plain{comments}}
	s.structure(reflect.ValueOf(spec), reflect.ValueOf(spec), place{})
	return s.String()
}

// collapse replaces the lines of a mapping by one in braces, if they are short and the spec is written
// as it is. The line at head has the key, or is the first of the mapping's own if it is in a list.
func (s *shower) collapse(head, first int) {
	rows := s.all[first:]
	if s.plain == nil || len(rows) == 0 {
		return
	}
	begin := s.all[head].text + " "
	if head == first {
		begin = strings.TrimSuffix(rows[0].text, strings.TrimLeft(strings.TrimLeft(rows[0].text, " "), "- "))
	}
	var inner []string
	for i, row := range rows {
		inList := strings.HasPrefix(strings.TrimLeft(row.text, " "), "- ")
		if row.inner == "" || row.comment != "" || strings.HasSuffix(row.inner, ":") || inList && (i > 0 || head != first) {
			return
		}
		inner = append(inner, row.inner)
	}
	text := "{" + strings.Join(inner, ", ") + "}"
	if strings.TrimSpace(begin) == "spec:" || len(begin)+len(text) > maxInBraces {
		return
	}
	out := line{text: begin + text}
	if head != first {
		out.inner = strings.TrimLeft(out.text, " ")
		if rest, ok := strings.CutPrefix(out.inner, "- "); ok {
			out.inner = rest
		}
	}
	s.all = append(s.all[:head], out)
}

// bracket puts the only entry of a list of ports on the line of its key.
func (s *shower) bracket(name string, head int) {
	if s.plain == nil || name != "ports" || len(s.all) != head+2 {
		return
	}
	entry, ok := strings.CutPrefix(strings.TrimLeft(s.all[head+1].text, " "), "- {")
	text := s.all[head].text + " [{" + entry + "]"
	if !ok || s.all[head+1].comment != "" || len(text) > maxInBraces {
		return
	}
	s.all = append(s.all[:head], line{text: text, inner: s.all[head].inner + " [{" + entry + "]"})
}
