/**
 * Writes a made-up data set to standard output: who renews the subscription of a
 * bicycle workshop. `node dist/examples/make-renewals.js > examples/renewals.csv`
 * gives the same bytes each time and everywhere.
 */
const ROWS = 600;

/** What each category adds to the odds. */
type Effects = Readonly<Record<string, number>>;

const cities: Effects = {
  Lisbon: 1.2,
  Ghent: 1.6,
  Oslo: 0.3,
  Turin: -0.9,
  Graz: 0.8,
  Cork: -1.4,
  Lyon: -0.2,
  Zagreb: 0.1,
  Malmö: 1.1,
  Kraków: -0.6,
};
const plans: Effects = { basic: -0.8, family: 0.9, 'all seasons': 0.2 };
// Not every customer has said how they pay.
const payments: Effects = { card: 0.2, invoice: -0.5, 'direct debit': 0.7, '': 0 };
/** Shops by number: a category, though it looks like one. */
const shops: Effects = { 101: 0.4, 102: -0.7, 204: 0.9, 305: -1.1, 306: 0.1 };

let state = 20_310_506;

/** The next number of Park and Miller's generator, in (0, 1): whole-number arithmetic, so equal on every machine. */
function random(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

/** A key of `effects`; the first ones are drawn more often. */
function draw(effects: Effects): string {
  const keys = Object.keys(effects);
  const share = random();
  return keys[Math.floor(share * share * keys.length)];
}

function row(): string {
  const city = draw(cities);
  const shop = draw(shops);
  const plan = draw(plans);
  const payment = draw(payments);
  const age = 18 + Math.floor(random() * 60);
  const months = 1 + Math.floor(random() * 48);
  const tickets = Math.floor(random() * random() * 9);
  const isAgeKnown = random() > 0.08;
  const score =
    cities[city] +
    shops[shop] +
    plans[plan] +
    payments[payment] +
    months / 24 -
    tickets / 2 +
    // The family plan is for those in the middle of their lives.
    (plan === 'family' && age > 30 && age < 55 ? 1 : 0) +
    2 * (random() + random() - 1);
  return [city, shop, plan, payment, isAgeKnown ? age : '', months, tickets, score > 1 ? 'yes' : 'no'].join(',');
}

const header = 'city,shop,plan,payment,age,months,tickets,renewed';
process.stdout.write(`${[header, ...Array.from({ length: ROWS }, row)].join('\n')}\n`);
