/** Words that often stand for one another in what tools say and in what is asked of them; a row is a group. English, lower case. */

export const SYNONYMS = `
create add new make insert compose draft build generate produce open register
generate create produce make write synthesize
delete remove erase drop destroy clear purge trash discard unlink
update edit modify change alter set adjust patch revise amend
replace substitute swap
rename retitle
list show enumerate display view browse
get fetch retrieve read obtain load return access pull lookup
search find query lookup seek locate discover
find discover locate detect identify
send deliver post transmit dispatch email forward
reply respond answer
publish post release deploy share
upload import push submit attach
download save export store
save store persist keep write record
convert transform translate turn export change
translate translation translator language interpret
compute calculate evaluate calculator computation math
analyze analysis analyse analytics inspect examine assess evaluate study
compare comparison diff versus difference contrast
summarize summary summarise digest abstract overview brief condense
explain describe clarify
recommend suggest recommendation suggestion propose advise
check verify validate test confirm inspect
monitor watch track observe
start begin launch run initiate boot
run execute invoke launch perform
stop end terminate halt kill cancel abort finish shut
cancel abort revoke withdraw
pause suspend hold
resume continue
book reserve reservation booking schedule appointment
schedule plan calendar arrange appointment agenda
buy purchase order shop shopping acquire
sell trade
pay payment checkout charge billing invoice transaction
merge combine join concatenate unite
split divide separate partition
extract parse scrape pull obtain
scrape crawl extract crawler scraper
move transfer relocate
copy duplicate clone replicate fork
assign allocate delegate
approve accept authorize confirm
reject decline deny refuse
invite add
block ban
enable activate switch
disable deactivate
connect link attach
draw paint sketch illustrate render plot
plot chart graph visualize diagram visualization
convert conversion converter
write compose author
install setup configure add
configure configuration setting setup option preference
log record
sort order rank arrange
filter narrow select
count number total amount
predict forecast prediction estimate projection
estimate approximate
learn study teach
email mail message inbox gmail
message chat text sms dm messaging
repo repository
pr pull
bug issue defect ticket
issue ticket task
task todo assignment
file document
folder directory
directory folder path
db database
database sql table
k8s kubernetes cluster
vm machine instance
env environment
config configuration
doc document documentation
photo image picture photograph pic
image picture photo graphic visual illustration
video movie clip film footage
movie film cinema
tv television show series
song music track tune
music song audio
audio sound
singer artist musician band
picture image
web internet online website
website site webpage page web url
url link address uri
page webpage
news headline article story journalism
article post blog paper
paper publication study journal article research
research paper academic scholar scientific literature
scholar academic
user person account member people profile
person people human individual
customer client
employee staff worker
company business firm corporation organization enterprise
organization org company
team group
job career position employment vacancy occupation
resume cv
weather forecast temperature climate rain
temperature weather
location place address position coordinate geo
place location spot venue
map geographic location direction
direction route navigation
route path directions
coordinate latitude longitude geocode
nearby near around close local
city town
country nation
restaurant dining food cafe eatery
food meal dish cuisine eat nutrition
recipe cooking cook dish ingredient meal
hotel accommodation lodging stay
house home property estate apartment housing
rent rental lease
property estate house
flight plane airline airport aviation
train railway rail
car vehicle auto automobile
travel trip tour journey vacation itinerary holiday
trip travel itinerary
ticket event
event concert happening activity
price cost fee rate quote
stock share equity market ticker
market stock trading
crypto cryptocurrency bitcoin coin token blockchain
currency exchange forex money
finance financial money
bank banking
loan mortgage credit
discount coupon deal offer promo sale
product item goods merchandise
shop store retail
gift present
review rating feedback opinion
rating score rank
score result
game gaming play
sport football soccer match league
team club
player athlete
health medical medicine healthcare fitness
doctor physician medical
drug medicine medication pharmaceutical
disease illness condition
exercise workout fitness training
diet nutrition calorie
law legal lawyer
contract agreement
education course learning teaching school
course class lesson tutorial
student pupil
school university college
book novel literature ebook
quote quotation saying
joke humor funny meme
word vocabulary dictionary definition
definition meaning
language linguistic
code program script source programming
programming coding code software development
function method
api endpoint
app application
software application program
version release
branch ref
commit revision changeset
note memo notebook
meeting call conference
calendar event schedule
date day calendar
time clock hour timezone
today now current
current latest present now
latest recent newest
history past historical
trend trending popular
popular top trending
best top
statistic stat metric analytics
data information dataset
info information detail
detail information
report summary
chart graph plot diagram
table sheet
spreadsheet excel sheet xlsx workbook
slide presentation powerpoint ppt deck
presentation slide powerpoint
word docx document
pdf document
csv spreadsheet
password credential
secret key credential token
domain dns whois website
ip address network
server host machine
network internet
error exception failure bug
security vulnerability secure
logo brand design icon
design style
color colour palette
font typography
voice speech audio
speech voice
text content string
transcript transcription subtitle caption
subtitle caption transcript
ad advertisement advertising campaign marketing
marketing advertising campaign seo
seo keyword
keyword term
tag label category
category type kind genre
genre category
comment reply remark
post tweet
follower subscriber
channel room
social media
video youtube
subscription plan
id identifier
name title
title name heading
number amount quantity
size dimension
weight mass
unit measure measurement
energy power electricity
equation formula math
math mathematics arithmetic algebra
random arbitrary
qr barcode
astrology horoscope zodiac
star planet astronomy space
animal pet
dog pet
cat pet
plant garden
air pollution quality
earthquake disaster
holiday vacation
gene genetic genome dna
chemical compound molecule chemistry
protein molecule
tax fiscal
crime police
vote election
`;
