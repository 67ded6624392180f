-- For wrk: token requests and introspections, of which every answer is looked at.
--   wrk ... -s oauth.lua URL -- client_credentials | refresh_token | introspect  CLIENT:SECRET-in-base64  [FILE of tokens, one a line]
-- Prints one line at the end: requests, microseconds, p50 and p99 in microseconds, answers that were not what was
-- asked for, failures of the connection, and microseconds of processor time that wrk took.
-- A refresh token is taken from the pool and its successor put back: as many chains as there are connections.
local threads = {}
local kind, pool, first, last
local token_of, success
wrong, previous = 0, nil

function setup(thread) table.insert(threads, thread) end

function init(arguments)
  kind = arguments[1]
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Authorization"] = "Basic " .. arguments[2]
  pool, first, last = {}, 1, 0
  if arguments[3] then
    for line in io.lines(arguments[3]) do
      last = last + 1
      pool[last] = line
    end
  end
  if kind == "client_credentials" then
    wrk.body = "grant_type=client_credentials"
    -- Always the same: composed once, as cheap as can be.
    local same = wrk.format()
    request = function() return same end
  elseif kind == "refresh_token" then
    request = function()
      local token = pool[first]
      if token then
        pool[first] = nil
        first = first + 1
      end
      return wrk.format(nil, nil, nil, "grant_type=refresh_token&refresh_token=" .. (token or "none-is-left"))
    end
  else
    local bodies = {}
    for index = 1, last do bodies[index] = wrk.format(nil, nil, nil, "token=" .. pool[index]) end
    request = function()
      first = first % last + 1
      return bodies[first]
    end
  end
end

function response(status, headers, body)
  if kind == "introspect" then
    if status ~= 200 or not string.find(body, '"active":true', 1, true) then wrong = wrong + 1 end
    return
  end
  local access = string.match(body, '"access_token":"([%w_-]+)"')
  if status ~= 200 or not access or #access < 43 or access == previous then wrong = wrong + 1 end
  previous = access
  if kind == "refresh_token" then
    local successor = string.match(body, '"refresh_token":"([%w_-]+)"')
    if successor then
      last = last + 1
      pool[last] = successor
    end
  end
end

function done(summary, latency, requests)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  local errors = summary.errors
  io.write(string.format("%d %d %.0f %.0f %d %d %.0f\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    bad, errors.connect + errors.read + errors.write + errors.timeout, os.clock() * 1e6))
end
