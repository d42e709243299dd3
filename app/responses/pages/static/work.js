// Asked for on a crowded network: find a number that fits the ticket, then send by itself.
"use strict";
(() => {
  const status = document.querySelector("[data-ticket]"), form = document.querySelector("form");
  if (!status || !form) return;
  const {ticket, bits, words} = status.dataset;
  status.textContent = words;

  const root = (number, power) => (Math.pow(number, 1 / power) * 2 ** 32) | 0;
  const primes = [];
  for (let number = 2; primes.length < 64; number++)
    if (primes.every((prime) => number % prime)) primes.push(number);
  const constants = primes.map((prime) => root(prime, 3));
  const start = primes.slice(0, 8).map((prime) => root(prime, 2));
  const turn = (word, by) => (word >>> by) | (word << (32 - by));

  // The first word of SHA-256 of a text short enough for one block.
  const firstWord = (text) => {
    const w = new Int32Array(64);
    for (let i = 0; i < text.length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
    w[text.length >> 2] |= 128 << (24 - 8 * (text.length & 3));
    w[15] = text.length * 8;
    let [a, b, c, d, e, f, g, h] = start;
    for (let i = 0; i < 64; i++) {
      if (i > 15) {
        const x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] +
          (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) +
        constants[i] + w[i];
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    return (a + start[0]) | 0;
  };

  const send = (number) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "_work";
    field.value = number;
    form.append(field);
    form.submit();
  };

  const search = (number) => {
    for (const end = number + 1000; number < end; number++)
      if (Math.clz32(firstWord(ticket + ":" + number)) >= bits) return send(number);
    setTimeout(search, 0, number);
  };
  search(0);
})();
