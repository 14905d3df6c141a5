;; A middleware as text. It imports wasi:http/incoming-handler and exports it: requests that have an
;; authorization header are handed on to the component that is behind it, others are answered
;;
;;     401 Unauthorized
;;     content-type: text/plain
;;
;;     Who are you?
;;
;; examples/hello/hello.wat says what a component as text consists of; here is what is added to it.
(component $auth
  ;; ---- 1. What we import ---------------------------------------------------------------------
  ;; Only what is used has to be declared. A resource (an opaque handle such as a stream) is a type
  ;; that the interface exports.

  (import "wasi:io/error@0.2.0" (instance $io-error
    (export "error" (type (sub resource)))))
  (alias export $io-error "error" (type $error))

  (import "wasi:io/streams@0.2.0" (instance $io-streams
    (alias outer $auth $error (type $outer-error))
    (export "error" (type $error' (eq $outer-error)))
    (export "output-stream" (type $output-stream (sub resource)))
    (type $own-error (own $error'))
    (type $stream-error' (variant (case "last-operation-failed" $own-error) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (type $borrow-stream (borrow $output-stream))
    (type $bytes (list u8))
    (type $write-result (result (error $stream-error)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" $borrow-stream) (param "contents" $bytes) (result $write-result)))))
  (alias export $io-streams "output-stream" (type $output-stream))

  (import "wasi:http/types@0.2.0" (instance $http-types
    (alias outer $auth $output-stream (type $outer-stream))
    (export "output-stream" (type $stream (eq $outer-stream)))
    (export "fields" (type $fields (sub resource)))
    (export "incoming-request" (type $incoming (sub resource)))
    (type $borrow-incoming (borrow $incoming))
    (export "outgoing-response" (type $response (sub resource)))
    (export "outgoing-body" (type $body (sub resource)))
    (export "response-outparam" (type $outparam (sub resource)))
    (export "headers" (type $headers (eq $fields)))
    (export "trailers" (type $trailers (eq $fields)))
    (type $string string)
    (export "field-key" (type $field-key (eq $string)))
    (type $field-value' (list u8))
    (export "field-value" (type $field-value (eq $field-value')))
    (type $header-error' (variant (case "invalid-syntax") (case "forbidden") (case "immutable")))
    (export "header-error" (type $header-error (eq $header-error')))

    ;; error-code has 39 cases; a type that we name has to be given in full.
    (type $option-string (option string))
    (type $option-u8 (option u8))
    (type $option-u16 (option u16))
    (type $option-u32 (option u32))
    (type $option-u64 (option u64))
    (type $dns-error' (record (field "rcode" $option-string) (field "info-code" $option-u16)))
    (export "DNS-error-payload" (type $dns-error (eq $dns-error')))
    (type $tls-alert' (record
      (field "alert-id" $option-u8) (field "alert-message" $option-string)))
    (export "TLS-alert-received-payload" (type $tls-alert (eq $tls-alert')))
    (type $field-size' (record
      (field "field-name" $option-string) (field "field-size" $option-u32)))
    (export "field-size-payload" (type $field-size (eq $field-size')))
    (type $option-field-size (option $field-size))
    (type $error-code' (variant
      (case "DNS-timeout")
      (case "DNS-error" $dns-error)
      (case "destination-not-found")
      (case "destination-unavailable")
      (case "destination-IP-prohibited")
      (case "destination-IP-unroutable")
      (case "connection-refused")
      (case "connection-terminated")
      (case "connection-timeout")
      (case "connection-read-timeout")
      (case "connection-write-timeout")
      (case "connection-limit-reached")
      (case "TLS-protocol-error")
      (case "TLS-certificate-error")
      (case "TLS-alert-received" $tls-alert)
      (case "HTTP-request-denied")
      (case "HTTP-request-length-required")
      (case "HTTP-request-body-size" $option-u64)
      (case "HTTP-request-method-invalid")
      (case "HTTP-request-URI-invalid")
      (case "HTTP-request-URI-too-long")
      (case "HTTP-request-header-section-size" $option-u32)
      (case "HTTP-request-header-size" $option-field-size)
      (case "HTTP-request-trailer-section-size" $option-u32)
      (case "HTTP-request-trailer-size" $field-size)
      (case "HTTP-response-incomplete")
      (case "HTTP-response-header-section-size" $option-u32)
      (case "HTTP-response-header-size" $field-size)
      (case "HTTP-response-body-size" $option-u64)
      (case "HTTP-response-trailer-section-size" $option-u32)
      (case "HTTP-response-trailer-size" $field-size)
      (case "HTTP-response-transfer-coding" $option-string)
      (case "HTTP-response-content-coding" $option-string)
      (case "HTTP-response-timeout")
      (case "HTTP-upgrade-failed")
      (case "HTTP-protocol-error")
      (case "loop-detected")
      (case "configuration-error")
      (case "internal-error" $option-string)))
    (export "error-code" (type $error-code (eq $error-code')))

    (type $own-fields (own $fields))
    (type $own-headers (own $headers))
    (type $own-response (own $response))
    (type $own-body (own $body))
    (type $own-stream (own $stream))
    (type $own-outparam (own $outparam))
    (type $borrow-fields (borrow $fields))
    (type $borrow-response (borrow $response))
    (type $borrow-body (borrow $body))
    (type $append-result (result (error $header-error)))
    (type $body-result (result $own-body))
    (type $stream-result (result $own-stream))
    (type $response-result (result $own-response (error $error-code)))
    (type $option-trailers (option (own $trailers)))
    (type $finish-result (result (error $error-code)))

    (export "[method]incoming-request.headers"
      (func (param "self" $borrow-incoming) (result $own-headers)))
    (export "[method]fields.has"
      (func (param "self" $borrow-fields) (param "name" $field-key) (result bool)))
    (type $status-result (result))
    (export "[method]outgoing-response.set-status-code"
      (func (param "self" $borrow-response) (param "status-code" u16)
        (result $status-result)))
    (export "[constructor]fields" (func (result $own-fields)))
    (export "[method]fields.append" (func (param "self" $borrow-fields)
      (param "name" $field-key) (param "value" $field-value) (result $append-result)))
    (export "[constructor]outgoing-response"
      (func (param "headers" $own-headers) (result $own-response)))
    (export "[method]outgoing-response.body"
      (func (param "self" $borrow-response) (result $body-result)))
    (export "[method]outgoing-body.write"
      (func (param "self" $borrow-body) (result $stream-result)))
    (export "[static]outgoing-body.finish"
      (func (param "this" $own-body) (param "trailers" $option-trailers) (result $finish-result)))
    (export "[static]response-outparam.set"
      (func (param "param" $own-outparam) (param "response" $response-result)))))
  (alias export $http-types "incoming-request" (type $incoming-request))
  (alias export $http-types "response-outparam" (type $response-outparam))
  (alias export $http-types "fields" (type $all-fields))

  ;; What is behind it: a request and the place for its response are given away, as they came.
  (import "wasi:http/incoming-handler@0.2.0" (instance $next
    (alias outer $auth $incoming-request (type $outer-request))
    (alias outer $auth $response-outparam (type $outer-outparam))
    (export "incoming-request" (type $r (eq $outer-request)))
    (export "response-outparam" (type $o (eq $outer-outparam)))
    (export "handle"
      (func (param "request" (own $r)) (param "response-out" (own $o))))))

  ;; ---- 2. The memory -------------------------------------------------------------------------
  ;; It is a module of its own, because `canon lower` needs the memory before the program, which
  ;; imports the lowered functions, can exist. The host calls `realloc` to return a string; here
  ;; only an error could carry one, and on an error this guest gives up anyway.
  (core module $Memory
    (memory (export "memory") 1)
    (data (i32.const 16) "content-type")
    (data (i32.const 32) "text/plain")
    (data (i32.const 48) "Who are you?\n")
    (data (i32.const 64) "authorization")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $mem))
  (alias core export $memory "realloc" (core func $realloc))

  ;; ---- 3. The imports, as core functions -----------------------------------------------------
  ;; A handle is an i32. A result that does not fit in one core value is stored in memory: the core
  ;; function then has one parameter more, the address.
  (core func $next (canon lower (func $next "handle")))
  (core func $headers
    (canon lower (func $http-types "[method]incoming-request.headers")))
  (core func $has
    (canon lower (func $http-types "[method]fields.has") (memory $mem)))
  (core func $set-status (canon lower
    (func $http-types "[method]outgoing-response.set-status-code")))
  (core func $fields-drop (canon resource.drop $all-fields))
  (core func $fields-new (canon lower (func $http-types "[constructor]fields")))
  (core func $fields-append
    (canon lower (func $http-types "[method]fields.append") (memory $mem)))
  (core func $response-new (canon lower (func $http-types "[constructor]outgoing-response")))
  (core func $response-body
    (canon lower (func $http-types "[method]outgoing-response.body") (memory $mem)))
  (core func $body-write
    (canon lower (func $http-types "[method]outgoing-body.write") (memory $mem)))
  (core func $body-finish
    (canon lower (func $http-types "[static]outgoing-body.finish")
      (memory $mem) (realloc $realloc)))
  (core func $outparam-set
    (canon lower (func $http-types "[static]response-outparam.set") (memory $mem)))
  (core func $stream-write
    (canon lower (func $io-streams "[method]output-stream.blocking-write-and-flush")
      (memory $mem)))
  (core func $stream-drop (canon resource.drop $output-stream))
  (core func $request-drop (canon resource.drop $incoming-request))

  ;; ---- 4. The program ------------------------------------------------------------------------
  (core module $Program
    (import "host" "memory" (memory 1))
    (import "host" "next" (func $next (param i32 i32)))
    (import "host" "headers" (func $headers (param i32) (result i32)))
    (import "host" "has" (func $has (param i32 i32 i32) (result i32)))
    (import "host" "set-status" (func $set-status (param i32 i32) (result i32)))
    (import "host" "fields-drop" (func $fields-drop (param i32)))
    (import "host" "fields-new" (func $fields-new (result i32)))
    (import "host" "fields-append" (func $fields-append
      (param $self i32) (param $name i32) (param $name-length i32)
      (param $value i32) (param $value-length i32) (param $result i32)))
    (import "host" "response-new" (func $response-new (param $headers i32) (result i32)))
    (import "host" "response-body" (func $response-body (param $self i32) (param $result i32)))
    (import "host" "body-write" (func $body-write (param $self i32) (param $result i32)))
    (import "host" "body-finish" (func $body-finish
      (param $this i32) (param $has-trailers i32) (param $trailers i32) (param $result i32)))
    (import "host" "outparam-set" (func $outparam-set
      (param $outparam i32) (param $is-error i32) (param $response i32)
      (param i32 i64 i32 i32 i32 i32)))  ;; where an error-code would be
    (import "host" "stream-write" (func $stream-write
      (param $self i32) (param $bytes i32) (param $length i32) (param $result i32)))
    (import "host" "stream-drop" (func $stream-drop (param i32)))
    (import "host" "request-drop" (func $request-drop (param i32)))

    ;; Results are stored at address 128: first a byte, 0 for ok and 1 for an error.
    (func $must-be-ok
      (if (i32.load8_u (i32.const 128)) (then unreachable)))

    ;; result<resource>: the handle follows the byte at the next multiple of four.
    (func $handle-of-result (result i32)
      (call $must-be-ok)
      (i32.load (i32.const 132)))

    (func (export "handle") (param $request i32) (param $outparam i32)
      (local $headers i32) (local $known i32)
      (local $response i32) (local $body i32) (local $stream i32)
      (local.set $headers (call $headers (local.get $request)))
      (local.set $known
        (call $has (local.get $headers) (i32.const 64) (i32.const 13)))  ;; authorization
      ;; A child is dropped before its parent, and before that is given away.
      (call $fields-drop (local.get $headers))
      (if (local.get $known)
        (then (call $next (local.get $request) (local.get $outparam)) (return)))
      (call $request-drop (local.get $request))

      (local.set $headers (call $fields-new))
      (call $fields-append (local.get $headers)
        (i32.const 16) (i32.const 12)  ;; content-type
        (i32.const 32) (i32.const 10)  ;; text/plain
        (i32.const 128))
      (call $must-be-ok)

      (local.set $response (call $response-new (local.get $headers)))
      (if (call $set-status (local.get $response) (i32.const 401))
        (then unreachable))
      ;; The body has to be taken before the response is given away.
      (call $response-body (local.get $response) (i32.const 128))
      (local.set $body (call $handle-of-result))
      (call $outparam-set (local.get $outparam) (i32.const 0) (local.get $response)
        (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))

      (call $body-write (local.get $body) (i32.const 128))
      (local.set $stream (call $handle-of-result))
      (call $stream-write (local.get $stream)
        (i32.const 48) (i32.const 13)  ;; Who are you?
        (i32.const 128))
      (call $must-be-ok)

      ;; A child is dropped before its parent: first the stream, then the body. A body that is
      ;; dropped without `finish` would be a broken response.
      (call $stream-drop (local.get $stream))
      (call $body-finish (local.get $body) (i32.const 0) (i32.const 0) (i32.const 128))
      (call $must-be-ok)))

  (core instance $program (instantiate $Program (with "host" (instance
    (export "memory" (memory $mem))
    (export "next" (func $next))
    (export "headers" (func $headers))
    (export "has" (func $has))
    (export "set-status" (func $set-status))
    (export "fields-drop" (func $fields-drop))
    (export "fields-new" (func $fields-new))
    (export "fields-append" (func $fields-append))
    (export "response-new" (func $response-new))
    (export "response-body" (func $response-body))
    (export "body-write" (func $body-write))
    (export "body-finish" (func $body-finish))
    (export "outparam-set" (func $outparam-set))
    (export "stream-write" (func $stream-write))
    (export "stream-drop" (func $stream-drop))
    (export "request-drop" (func $request-drop))))))

  ;; ---- 5. What we export ---------------------------------------------------------------------
  (type $own-request (own $incoming-request))
  (type $own-response-outparam (own $response-outparam))
  (func $handle (param "request" $own-request) (param "response-out" $own-response-outparam)
    (canon lift (core func $program "handle")))

  ;; An exported interface carries the names of the types that its function uses: this inner
  ;; component gives them.
  (component $IncomingHandler
    (import "incoming-request" (type $request (sub resource)))
    (import "response-outparam" (type $outparam (sub resource)))
    (import "handle" (func $handle
      (param "request" (own $request)) (param "response-out" (own $outparam))))
    (export $exported-request "incoming-request" (type $request))
    (export $exported-outparam "response-outparam" (type $outparam))
    (export "handle" (func $handle) (func
      (param "request" (own $exported-request)) (param "response-out" (own $exported-outparam)))))
  (instance $incoming-handler (instantiate $IncomingHandler
    (with "incoming-request" (type $incoming-request))
    (with "response-outparam" (type $response-outparam))
    (with "handle" (func $handle))))
  (export "wasi:http/incoming-handler@0.2.0" (instance $incoming-handler)))
