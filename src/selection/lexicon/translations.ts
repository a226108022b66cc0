/** Chinese for the commonest English words of tools, since many servers describe theirs in Chinese. English first in each row. */

export const TRANSLATIONS = `
news 新闻 资讯
trending popular hot 热门 热搜 热榜 趋势
ranking rank top 排行 排名 榜单
weather 天气 气象
forecast 预报
search query find 搜索 查询 检索
get fetch 获取
list 列表
create add new 创建 添加 新建 新增
delete remove 删除 移除
update edit modify 更新 修改 编辑
upload 上传
download 下载
send 发送
file 文件
folder directory 目录 文件夹
image picture photo 图片 图像 照片
video 视频
audio music song 音频 音乐 歌曲
text 文本 文字
document 文档
date 日期
time 时间
calendar 日历 黄历
train 火车 列车 高铁 铁路
ticket 车票 门票 余票
station 车站 站点
flight plane 航班 机票 飞机
hotel 酒店 宾馆
travel trip 旅游 旅行 出行
map 地图
address 地址
location place 位置 地点
route path direction 路线 路径 导航
city 城市
country 国家
finance financial 金融 财经 财务
stock 股票 股市
fund 基金
price 价格
market 市场
bank 银行
currency exchange 汇率 货币 外汇
crypto bitcoin 加密 比特
company business 公司 企业 商业
product 产品 商品
order 订单
payment pay 支付 付款
user 用户
account 账号 账户 帐号
password 密码
message 消息 信息
email mail 邮件 邮箱
game gaming 游戏
character role 角色
movie film 电影
book 图书 书籍 小说
recipe cook dish 菜谱 食谱 烹饪 做菜 菜品
food 食物 美食
health 健康
medical 医疗 医学
doctor hospital 医生 医院
drug medicine 药品 药物
education 教育
school 学校 学院
course 课程
exam 考试
law legal 法律 法规
technology tech 科技 技术
science 科学
sport 体育
entertainment 娱乐
politics political 政治
international world 国际
social society 社会
code 代码
program programming 程序 编程
development developer 开发
repository 仓库
database 数据库
data 数据
table 表格
chart graph 图表
analysis analyze 分析
statistics 统计
report 报告
translate translation 翻译
language 语言
chinese 中文 汉语
english 英文 英语
task todo 任务 待办
project 项目
meeting 会议
team 团队
question problem 问题 题目
answer 回答 答案
comment review 评论
recommend recommendation 推荐
article post 文章 帖子
blog 博客
paper 论文
web website page 网页 网站
link url 链接
content 内容
summary 摘要 总结
detail 详情 详细
server 服务器
log 日志
error 错误
config setting 配置 设置
test 测试
convert conversion 转换
calculate 计算
generate 生成
fortune horoscope 运势 命理 八字
ai artificial 人工智能 智能
`;
