package source

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// An unread is the text of a document that is a simple mapping and is not parsed. Positions in it are
// those of a file, by the line that the text begins on.
type unread struct {
	text   string // whole lines: of a document with its ---, or of a list entry with its margin
	line   int32
	key    int32 // the index of the first key in the text
	column int32 // of the first key, from 0
}

// passes reports whether nothing is expected to ask for the tree of a document.
func (u unread) passes() bool {
	kind, sure := u.scalar("kind")
	return sure && kind != "" && kind != "StatefulSet" && !strings.HasSuffix(kind, "List") && !strings.Contains(u.text, mention)
}

// mention is part of the keys, labels and kinds of Sallyport. What has it may be edited.
const mention = "sallyport"

// inert are kinds of which checks read nothing but the name.
var inert = []string{"ConfigMap", "CronJob", "CustomResourceDefinition", "Job", "PersistentVolumeClaim", "ServiceAccount"}

// weigh returns the part of a document of so many nodes in maxUnread. To decode one that a check reads
// takes much longer than to find that it is simple. Of a Deployment, checks read the labels at most,
// unless its pods open ports of nodes.
func (u unread) weigh(nodes int) int {
	switch kind, _ := u.scalar("kind"); {
	case strings.Contains(u.text, "hostPort"):
	case kind == "DaemonSet", kind == "Deployment":
		return 8 + 2*nodes
	case slices.Contains(inert, kind):
		return 8 + nodes/2
	}
	return 5 * nodes
}

// parse returns the tree of the document.
func (u unread) parse() *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(u.text), &doc); err != nil {
		panic("source: " + err.Error()) // FuzzSimpleMapping holds that the library reads it
	}
	root := doc.Content[0]
	if root.Kind == yaml.SequenceNode {
		root = root.Content[0]
	}
	shift(root, int(u.line)-1)
	return root
}

func shift(n *yaml.Node, lines int) {
	n.Line += lines
	for _, c := range n.Content {
		shift(c, lines)
	}
}

// scalar is Document.Scalar. It is not sure of values that only the library can read.
func (u unread) scalar(fields ...string) (value string, sure bool) {
	if !strings.Contains(u.text, fields[len(fields)-1]) {
		return "", true
	}
	column, indent := int(u.column), int(u.column)
	for rest := u.text[u.key:]; rest != ""; indent = spaces(rest) {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimLeft(line, " ")
		switch {
		case line == "", line[0] == '#', indent > column:
			continue
		case indent < column:
			return "", true
		case len(line) <= len(fields[0]) || line[len(fields[0])] != ':' || line[:len(fields[0])] != fields[0]:
			continue
		}
		line = strings.TrimLeft(line[len(fields[0])+1:], " ")
		switch fields = fields[1:]; {
		case !isEnd(line):
			return valueOf(line, fields)
		case len(fields) == 0:
			return "", true
		}
		next := nextColumn(rest)
		if next <= column {
			return "", true // null, or a list
		}
		column = next
	}
	return "", true
}

// nextColumn returns the indentation of the first of some lines that is not blank or a comment, or -1.
func nextColumn(lines string) int {
	for lines != "" {
		var line string
		line, lines, _ = strings.Cut(lines, "\n")
		if !isEnd(line) {
			return spaces(line)
		}
	}
	return -1
}

// valueOf returns the scalar at the end of a path in the value that a line begins with.
func valueOf(line string, fields []string) (value string, sure bool) {
	switch c := line[0]; {
	case c == '{':
		return inBraces(line, fields)
	case c == '[', len(fields) > 0:
		return "", true
	case c == '|', c == '>':
		return "", false
	case c == '"', c == '\'':
		text := line[1 : quotedLength(line)-1]
		return strings.ReplaceAll(text, "''", "'"), strings.IndexByte(text, '\\') < 0 && (c == '\'' || !strings.Contains(text, "''"))
	}
	line = line[:plainLength(line)]
	if slices.Contains([]string{"~", "null", "Null", "NULL"}, line) {
		return "", true
	}
	return line, true
}

// inBraces is valueOf for a mapping in braces.
func inBraces(line string, fields []string) (value string, sure bool) {
	if len(fields) == 0 {
		return "", true
	}
	for i := 1; ; i++ {
		i += spaces(line[i:])
		n := keyLength(line[i:])
		if n == 0 {
			return "", true // the end
		}
		key := line[i : i+n]
		i += n + 1
		i += spaces(line[i:])
		n = new(simple).inBrackets(line[i:], 0)
		if key == fields[0] {
			return valueOf(line[i:i+n], fields[1:])
		}
		i += n
		i += spaces(line[i:])
	}
}

// ReadInto decodes the document as the YAML library decodes a node. The tree of a document that
// nobody has asked for is not kept.
func (d *Document) ReadInto(into any) error {
	if d.root == nil && d.unread.text != "" {
		return d.unread.parse().Decode(into)
	}
	return d.root.Decode(into)
}

// Mentions reports whether a mapping of the document may have a key. That takes less time than
// decoding.
func (d *Document) Mentions(key string) bool {
	if d.root == nil {
		return strings.Contains(d.unread.text, key)
	}
	return mentions(d.root, key)
}

// Contains reports whether a value of a document may contain a text. That does not keep its tree.
func Contains(d *Document, text string) bool {
	if d.root == nil {
		return strings.Contains(d.unread.text, text)
	}
	return contains(d.root, text)
}

func contains(n *yaml.Node, text string) bool {
	return n.Kind == yaml.ScalarNode && strings.Contains(n.Value, text) ||
		slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return contains(child, text) })
}

func mentions(n *yaml.Node, key string) bool {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Value == key || mentions(c, key) {
			return true
		}
	}
	return false
}
