/**
 * What people call a region: `Singapore, SG`. A copy of a few words from model/reference, because that file also holds a matrix of
 * round-trip times which no page needs; a test keeps both equal.
 */
export const regionNames: Readonly<Record<string, string>> = {
  'us-east-1': 'Ashburn, US',
  'us-east-2': 'Columbus, US',
  'us-west-1': 'San Francisco Bay Area, US',
  'us-west-2': 'Boardman, US',
  'ca-central-1': 'Montreal, CA',
  'sa-east-1': 'Sao Paulo, BR',
  'eu-west-1': 'Dublin, IE',
  'eu-west-2': 'London, GB',
  'eu-west-3': 'Paris, FR',
  'eu-central-1': 'Frankfurt, DE',
  'eu-central-2': 'Zurich, CH',
  'eu-north-1': 'Stockholm, SE',
  'me-central-1': 'Dubai, AE',
  'af-south-1': 'Cape Town, ZA',
  'ap-south-1': 'Mumbai, IN',
  'ap-southeast-1': 'Singapore, SG',
  'ap-southeast-2': 'Sydney, AU',
  'ap-southeast-3': 'Jakarta, ID',
  'ap-east-1': 'Hong Kong, HK',
  'ap-northeast-1': 'Tokyo, JP',
  'ap-northeast-2': 'Seoul, KR',
  'ap-northeast-3': 'Osaka, JP',
}
