// Package main runs one check, named by its argument, against the broker at AMQP_URL.
package main

import (
	"fmt"
	"os"
)

var checks = map[string]func(){
	"confirms":      confirms,
	"direct":        direct,
	"fanout":        fanout,
	"headers":       headers,
	"hello":         hello,
	"notifications": notifications,
	"properties":    properties,
	"rpc":           rpc,
	"topic":         topic,
	"work_queue":    workQueue,
}

func main() {
	check, found := checks[os.Args[1]]
	if !found {
		fmt.Println("no such check")
		os.Exit(2)
	}
	defer func() {
		if reason := recover(); reason != nil {
			fmt.Println(reason)
			os.Exit(1)
		}
	}()
	check()
}
