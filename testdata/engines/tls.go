package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// An authority signs the certificates of a lab.
type authority struct {
	*row
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(r *row) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	r.check(err)
	a := &authority{row: r, key: key, cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Sallyport's lab"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	r.write(a.file("ca.pem"), a.sign(a.cert, &key.PublicKey))
	return a
}

// file returns a file for the servers and clients of the lab.
func (a *authority) file(name string) string { return filepath.Join(a.dir, "tls", name) }

// server writes the key and the certificates of a server with names and addresses to a file.
func (a *authority) server(name string, hosts []string) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.check(err)
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			cert.IPAddresses = append(cert.IPAddresses, ip)
		} else {
			cert.DNSNames = append(cert.DNSNames, h)
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	a.check(err)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	file := a.file(name + ".pem")
	a.write(file, text+a.sign(cert, &key.PublicKey)+a.sign(a.cert, &a.key.PublicKey))
	return file
}

func (a *authority) sign(cert *x509.Certificate, key *ecdsa.PublicKey) string {
	der, err := x509.CreateCertificate(rand.Reader, cert, a.cert, key, a.key)
	a.check(err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// hosts returns the names of a pod inside the cluster, the names and addresses by which
// sallyport plan knows it, and those that all pods share.
func (c *cluster) hosts(p *pod) []string {
	all := c.domains(p)
	for _, row := range c.rows {
		if row.Pod == p.name || row.Pod == "*" {
			host := c.look(row.Address, p)
			host = strings.Trim(host[:strings.LastIndex(host, ":")], "[]")
			if !slices.Contains(all, host) {
				all = append(all, host)
			}
		}
	}
	return all
}
