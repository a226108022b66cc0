/** Words of one topic: who asks with one of a row may mean a tool that says another. English, lower case. */

export const TOPICS = `
weather forecast temperature rain snow climate humidity wind storm sunny meteorological
flight airline airport plane travel departure arrival fly aviation
hotel accommodation lodging room stay booking travel guest airbnb hostel
travel trip tour vacation destination itinerary sightseeing tourist attraction tourism flight hotel visit
restaurant food dining menu cuisine eat lunch dinner cafe meal
recipe cook cooking ingredient meal dish food kitchen bake
nutrition diet calorie meal food vitamin protein health
fitness exercise workout gym health muscle training yoga
health medical doctor patient disease symptom hospital diagnosis medicine clinical treatment
stock share market ticker price invest investment portfolio dividend trading finance company earnings
crypto cryptocurrency bitcoin ethereum coin token blockchain wallet defi price nft
finance money budget investment bank loan expense saving income financial economy
currency exchange rate forex dollar euro usd
shopping product price buy store order discount deal cart purchase amazon ecommerce
car vehicle driving auto dealer engine
house home property estate rent mortgage apartment real buy listing
job career resume hiring interview employment work salary recruit candidate vacancy
news headline article press journalist media current event
sport football soccer basketball match team league player score nba game
game gaming player steam play console video
music song artist album playlist track lyrics spotify singer concert band genre
movie film cinema actor director tv show series watch cast imdb
video youtube clip transcript stream channel watch subtitle
image photo picture draw art logo design illustration visual generate
art artwork museum painting artist gallery
book author novel read library publisher literature
research paper academic scholar citation arxiv journal publication literature scientific study pubmed
education student course school teacher lesson learn university class tutorial exam quiz
language translate translation word grammar vocabulary english spanish french chinese
law legal court lawyer attorney regulation contract case
email mail inbox message send recipient gmail
calendar event meeting schedule appointment date reminder invite
chat message channel conversation slack text
social media twitter tweet post instagram facebook follower reddit profile hashtag
code programming developer software repository git function debug script python javascript
repository git github commit branch pull merge issue code gitlab
database sql query table schema postgres mysql record row
file folder directory path read write document disk
spreadsheet excel sheet cell workbook row column csv
document word pdf docx text paragraph page
presentation slide powerpoint deck
chart graph plot diagram visualization bar pie line data
mindmap diagram flowchart mermaid brainstorm idea
website web page browser url html navigate click screenshot
browser navigate click page screenshot web
search web internet google bing find query
domain whois dns registrar ip website
security vulnerability scan malware threat virus phishing
cloud aws azure server instance deploy
kubernetes cluster pod deployment container docker
map location route direction distance geocode coordinate place navigation drive
math calculate equation algebra number arithmetic matrix statistics
time date timezone clock hour current
science physics chemistry biology
gene protein genome dna biology sequence
drug fda medicine medication pharmaceutical dose
chemical molecule compound chemistry element
astronomy space nasa star planet satellite astronaut mars
astrology horoscope zodiac tarot fortune divination
joke humor funny meme laugh
quote inspiration motivation
pet dog cat animal breed
marketing seo ad campaign keyword advertising traffic
company business organization firm startup information
podcast audio episode listen
voice speech audio tts transcribe
gift present birthday
event ticket concert festival venue show
wine beer drink cocktail beverage
fashion clothing outfit style wear
tax irs income
insurance coverage policy claim
government data public statistics census
energy electricity power solar carbon emission
environment climate carbon sustainability pollution
payment invoice billing charge subscription stripe refund
customer crm lead contact deal sales
task todo project issue ticket assign
note notebook memo knowledge memory
password login authentication token account user
log error debug trace monitor metric alert
automation workflow trigger
download upload file save
train railway ticket station
delivery package shipping tracking parcel
kid child family parent
wedding marriage
summary summarize document pdf text article
resume cv job
crossword puzzle chess sudoku
tool api service
`;
