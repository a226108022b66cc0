/**
 * A small shop and what its operators keep: services, deployments, incidents, orders. The story in it: checkout
 * 2.8.1 is deployed on 20 November at 13:58, incident 7 opens at 14:05, and orders fail until 15:10.
 */
export const SEED = `
CREATE TABLE services (
  name text PRIMARY KEY,
  team text NOT NULL,
  tier int NOT NULL CHECK (tier BETWEEN 1 AND 3),
  purpose text NOT NULL
);
COMMENT ON TABLE services IS 'What runs, which team owns it, and how much it matters (tier 1: customers notice at once).';
INSERT INTO services VALUES
  ('checkout', 'payments', 1, 'Takes orders and payments'),
  ('catalog', 'storefront', 1, 'Products, prices, pictures'),
  ('search', 'storefront', 2, 'Finds products'),
  ('inventory', 'logistics', 2, 'What is in stock where'),
  ('mailer', 'platform', 3, 'Sends confirmations');

CREATE TABLE deployments (
  id int PRIMARY KEY,
  service text NOT NULL REFERENCES services,
  version text NOT NULL,
  deployed_by text NOT NULL,
  deployed_at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('live', 'replaced', 'rolled back'))
);
COMMENT ON TABLE deployments IS 'Every version that went live, newest last.';
INSERT INTO deployments VALUES
  (101, 'catalog', '5.1.0', 'jonas', '2026-11-16 09:12Z', 'live'),
  (102, 'checkout', '2.8.0', 'mira', '2026-11-17 10:30Z', 'replaced'),
  (103, 'search', '1.9.3', 'aiko', '2026-11-18 15:41Z', 'rolled back'),
  (104, 'search', '1.9.2', 'aiko', '2026-11-18 16:20Z', 'live'),
  (105, 'inventory', '3.0.4', 'tomas', '2026-11-19 08:05Z', 'live'),
  (106, 'checkout', '2.8.1', 'mira', '2026-11-20 13:58Z', 'live'),
  (107, 'mailer', '1.2.0', 'lena', '2026-11-20 16:45Z', 'live');

CREATE TABLE incidents (
  id int PRIMARY KEY,
  service text NOT NULL REFERENCES services,
  severity int NOT NULL CHECK (severity BETWEEN 1 AND 4),
  title text NOT NULL,
  opened_at timestamptz NOT NULL,
  resolved_at timestamptz
);
COMMENT ON TABLE incidents IS 'What went wrong; severity 1 is the worst; without resolved_at it is still open.';
INSERT INTO incidents VALUES
  (4, 'mailer', 4, 'Confirmations delayed by ten minutes', '2026-11-12 07:50Z', '2026-11-12 09:15Z'),
  (5, 'search', 2, 'Searches with umlauts find nothing', '2026-11-18 15:55Z', '2026-11-18 16:24Z'),
  (6, 'inventory', 3, 'Stock of the Leipzig warehouse is stale', '2026-11-19 11:20Z', NULL),
  (7, 'checkout', 1, 'Payments answered with error 502', '2026-11-20 14:05Z', NULL);

CREATE TABLE orders (
  id int PRIMARY KEY,
  customer text NOT NULL,
  product text NOT NULL,
  total numeric(10, 2) NOT NULL,
  status text NOT NULL CHECK (status IN ('paid', 'shipped', 'refunded', 'failed')),
  placed_at timestamptz NOT NULL
);
COMMENT ON TABLE orders IS 'Orders of three days in November, one every 20 minutes; failed ones were never paid.';
INSERT INTO orders
SELECT 5000 + n,
  (ARRAY['Ada', 'Bela', 'Chioma', 'Dmitri', 'Elif', 'Farid', 'Greta'])[1 + n % 7],
  (ARRAY['desk lamp', 'notebook', 'backpack', 'kettle', 'headphones'])[1 + n % 5],
  20 + (n * 37) % 180 + (n % 4) * 0.25,
  CASE
    WHEN placed_at BETWEEN '2026-11-20 13:58Z' AND '2026-11-20 15:10Z' THEN 'failed'
    WHEN n % 29 = 0 THEN 'refunded'
    WHEN placed_at < '2026-11-20 08:00Z' THEN 'shipped'
    ELSE 'paid'
  END,
  placed_at
FROM generate_series(1, 180) AS n, LATERAL (SELECT timestamptz '2026-11-18 08:00Z' + n * interval '20 minutes' AS placed_at) AS moment;
`;
